"""What of a run is the same each time, and may be shown: the rest is left out of drafts."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
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
_DAY: Final = re.compile(r"(?<!\d)(20\d\d)(-?)(\d\d)\2(\d\d)(?!\d)")
_PRESENT: Final = timedelta(days=1)
"""So near to the time of the run, a number or a date is the clock's, and will be another one."""
_UNITS: Final = (1, 10**3, 10**6, 10**9)
"""Seconds since 1970 are told in seconds, or in thousandths, millionths, billionths of one."""
_LONGEST: Final = 4_000
"""Characters of a value; a longer one makes no test that anybody reads."""


@dataclass(frozen=True, slots=True)
class Steady:
    """Leaves out of values what is secret or differs from run to run.

    Attributes:
        masks: The secrets.
        same: Texts that are the same each time although they look like a time or a path: the run's own date.
        now: When the workflow ran; None: the clock stood still.
    """

    masks: Masks
    same: frozenset[str]
    now: datetime | None = None

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
        if again is not NOTHING and (_are_other_floats(came, again) or not is_same(came, again)):
            return ANYTHING
        return self._leaf(came)

    def text(self, text: str) -> str:
        """Return a text as a pattern: with `*` for secrets, and for what differs from run to run."""
        masked = self.masks.text(text).replace(MASK, ANYTHING)
        for shape, hints in SHAPES.values():
            masked = shape.sub(ANYTHING, masked) if any(hint in masked for hint in hints) else masked
        timeless = _UNSTEADY.sub(lambda match: match[0] if match[0] in self.same else ANYTHING, masked)
        return _DAY.sub(lambda match: ANYTHING if self._is_today(match) else match[0], timeless)

    def _leaf(self, came: Any) -> Any:
        if isinstance(came, str):
            return self.text(came) if len(came) <= _LONGEST else ANYTHING
        if came is None or isinstance(came, (bool, int, float)):
            return ANYTHING if self._is_now(came) else came
        if isinstance(came, (datetime, date, timedelta, Decimal)):
            spelled = came.isoformat() if isinstance(came, date) else str(came)
            return self.text(spelled)
        return ANYTHING  # what YAML has no word for

    def _is_now(self, value: float | None) -> bool:
        if self.now is None or not value:
            return False
        now, near = int(self.now.timestamp()), int(_PRESENT.total_seconds())  # an integer may be beyond floats
        return any(abs(value - now * unit) < near * unit for unit in _UNITS)

    def _is_today(self, match: re.Match[str]) -> bool:
        if self.now is None or match[0] in self.same:
            return False
        try:
            day = datetime(int(match[1]), int(match[3]), int(match[4]), tzinfo=UTC)
        except ValueError:
            return False
        return abs(day - self.now) <= _PRESENT * 2


def same_texts(moment: datetime | None) -> frozenset[str]:
    """Return how a moment may be written in what a workflow makes: it is given, so it is the same each time."""
    if moment is None:
        return frozenset()
    forms = {moment.isoformat(), str(moment), f"{moment:%Y-%m-%dT%H:%M:%S}", f"{moment:%Y-%m-%d %H:%M:%S}"}
    forms |= {f"{moment:%Y-%m-%d}", f"{moment:%Y%m%d}"}
    return frozenset({*forms, f"{moment:%Y-%m-%dT%H:%M:%SZ}", f"{moment:%Y-%m-%d %H:%M}", f"{moment:%Y-%m-%dT%H:%M}"})


def _are_other_floats(came: Any, again: Any) -> bool:
    """Whether two floats differ at all: a time in seconds is the same to a billionth a second later."""
    return isinstance(came, float) and isinstance(again, float) and repr(came) != repr(again)


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
