"""Where needs and problems are noted down."""

from dataclasses import dataclass
from typing import Final

from airside.inspection.facts import Problem
from airside.release.description import Certainty, Need, NeedKind

_STRENGTH: Final[dict[Certainty, int]] = {"exact": 0, "likely": 1, "dynamic": 2}


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the tree.

    Attributes:
        file: A path in the tree; None where nothing is known.
        line: From 1.
        column: From 1.
    """

    file: str | None = None
    line: int | None = None
    column: int | None = None


class Ledger:
    """What was found in one workflow.

    Attributes:
        task: The id of the task that is being read; None outside of tasks.
    """

    def __init__(self) -> None:
        self.task: str | None = None
        self._needs: dict[tuple[object, ...], Need] = {}
        self._problems: dict[Problem, None] = {}

    def need(
        self, kind: NeedKind, name: str, place: Place, *, certainty: Certainty = "exact", optional: bool = False
    ) -> None:
        """Note a need; of two at one place the surer one is kept."""
        need = Need(
            kind=kind,
            name=name,
            certainty=certainty,
            optional=optional,
            task=self.task,
            file=place.file,
            line=place.line,
        )
        key = (kind, name, self.task, place.file, place.line)
        known = self._needs.get(key)
        if known is None or _rank(need) < _rank(known):
            self._needs[key] = need

    def problem(
        self, rule: str, message: str, place: Place, *, certainty: Certainty = "exact", fix: str | None = None
    ) -> None:
        """Note a problem, once."""
        problem = Problem(
            rule=rule,
            message=message,
            fix=fix,
            certainty=certainty,
            task=self.task,
            file=place.file,
            line=place.line,
            column=place.column,
        )
        self._problems[problem] = None

    def needs(self) -> tuple[Need, ...]:
        """Return the needs in the order of kind, name and place."""
        return tuple(
            sorted(self._needs.values(), key=lambda n: (n.kind, n.name, n.file or "", n.line or 0, n.task or ""))
        )

    def problems(self) -> tuple[Problem, ...]:
        """Return the problems in the order of place and rule."""
        return tuple(sorted(self._problems, key=lambda p: (p.file or "", p.line or 0, p.rule, p.task or "", p.message)))


def _rank(need: Need) -> tuple[bool, int]:
    return need.optional, _STRENGTH[need.certainty]
