"""What of a run is the same each time, and may be shown: the rest is left out of drafts."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from airside.alerts.masking import MASK, Masks
from airside.checking.contract.secret_values import SHAPES
from airside.testing.expecting.comparing import is_same
from airside.testing.expecting.mismatch import NOTHING
from airside.testing.expecting.plain import plain

ANYTHING: Final = "*"
"""What a pattern has in place of what is left out."""

_UNSTEADY: Final = re.compile(
    r"(?i:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"  # a UUID
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?"  # a time
    r"|\b0x[0-9a-fA-F]{6,}\b"  # an address in memory
    r"|(?:localhost|127\.0\.0\.1):\d+"
    r"|(?<![\w.:/~-])/(?:tmp|home|Users|root|var|private|opt|usr|mnt|srv|builds?)/[^\s'\"<>|,;:)\]}]+"  # a path
)
_LONGEST: Final = 4_000
"""Characters of a value; a longer one makes no test that anybody reads."""


@dataclass(frozen=True, slots=True)
class Steady:
    """Leaves out of values what is secret or differs from run to run.

    Attributes:
        masks: The secrets.
        same: Texts that are the same each time although they look like a time or a path: the run's own date.
    """

    masks: Masks
    same: frozenset[str]

    def value(self, came: Any, again: Any = NOTHING) -> Any:
        """Return `came` with `ANYTHING` for what is left out.

        Args:
            came: What came.
            again: What came of a second run at this place; NOTHING: there was none.
        """
        came, again = plain(came), plain(again)
        if isinstance(came, dict):
            others = again if isinstance(again, dict) else {}
            return {self.text(key): self.value(value, others.get(key, NOTHING)) for key, value in came.items()}
        if isinstance(came, list) and (again is NOTHING or (isinstance(again, list) and len(again) == len(came))):
            others_ = again if isinstance(again, list) else [NOTHING] * len(came)
            return [self.value(value, other) for value, other in zip(came, others_, strict=True)]
        if again is not NOTHING and not is_same(came, again):
            return ANYTHING
        return self._leaf(came)

    def text(self, text: str) -> str:
        """Return a text as a pattern: with `*` for secrets, and for what differs from run to run."""
        masked = self.masks.text(text).replace(MASK, ANYTHING)
        for shape, hints in SHAPES.values():
            masked = shape.sub(ANYTHING, masked) if any(hint in masked for hint in hints) else masked
        return _UNSTEADY.sub(lambda match: match[0] if match[0] in self.same else ANYTHING, masked)

    def _leaf(self, came: Any) -> Any:
        if isinstance(came, str):
            return self.text(came) if len(came) <= _LONGEST else ANYTHING
        if came is None or isinstance(came, (bool, int, float)):
            return came
        if isinstance(came, (datetime, date, timedelta, Decimal)):
            spelled = came.isoformat() if isinstance(came, date) else str(came)
            return self.text(spelled)
        return ANYTHING  # what YAML has no word for


def same_texts(moment: datetime | None) -> frozenset[str]:
    """Return how a moment may be written in what a workflow makes: it is given, so it is the same each time."""
    if moment is None:
        return frozenset()
    forms = {moment.isoformat(), str(moment), f"{moment:%Y-%m-%dT%H:%M:%S}", f"{moment:%Y-%m-%d %H:%M:%S}"}
    return frozenset({*forms, f"{moment:%Y-%m-%dT%H:%M:%SZ}", f"{moment:%Y-%m-%d %H:%M}", f"{moment:%Y-%m-%dT%H:%M}"})


def without_gaps(value: Any, path: str, gaps: list[str]) -> Any:
    """Return `value` without the keys of mappings that are left out; their paths go into `gaps`.

    An element of a list stays, as `*`: the others would move.
    """
    if isinstance(value, dict):
        kept = {key: inner for key, inner in value.items() if inner != ANYTHING}
        gaps += [f"{path}.{key}" for key in value if key not in kept]
        return {key: without_gaps(inner, f"{path}.{key}", gaps) for key, inner in kept.items()}
    if isinstance(value, list):
        return [without_gaps(inner, f"{path}[{index}]", gaps) for index, inner in enumerate(value)]
    return value
