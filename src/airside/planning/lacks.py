"""What the workflows of a release need and an environment does not have."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from airside.planning.essence import essential_needs
from airside.release.contract import Names, outcome, with_release
from airside.release.description import Certainty, Description, Need, NeedKind

_FROM_THE_ENVIRONMENT: Final = frozenset({"connection", "variable", "pool", "workflow", "environment-variable"})
"""What a release does not bring: only of these it is worth saying that nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """Something that is needed and not there, or not known to be there.

    Attributes:
        kind: What it is.
        name: Its id, key or path.
        absent: It is not there; if false, that cannot be told.
        certainty: How sure it is that it is needed.
        workflows: The ids of the workflows that need it, sorted.
        unapplied: The workspace's documents of secrets have it, and they are not applied.
    """

    kind: NeedKind
    name: str
    absent: bool
    certainty: Certainty
    workflows: tuple[str, ...]
    unapplied: bool = False

    @property
    def is_fatal(self) -> bool:
        """Whether a task fails for sure."""
        return self.absent and self.certainty == "exact"


def lacks(before: Description | None, after: Description, names: Names) -> tuple[Lack, ...]:
    """Return what the environment with these `names` lacks for `after`, by kind and name.

    What it is not known to have is told only where `before` did not need it: else nobody reads the list twice.
    """
    known = with_release(names, after.workflows, complete=True)
    old = {(need.kind, need.name) for workflow in (before.workflows if before else ()) for need in workflow.needs}
    askers = _askers(after)
    found = []
    for need in essential_needs(need for workflow in after.workflows for need in workflow.needs if not need.optional):
        key = (need.kind, need.name)
        answer = outcome(need, known)
        if answer == "absent" or (answer == "unknown" and key not in old and _is_worth_telling(need)):
            found.append(_lack(need, askers[key], absent=answer == "absent"))
    return tuple(found)


def _lack(need: Need, workflows: Iterable[str], *, absent: bool) -> Lack:
    ids = tuple(sorted(set(workflows)))
    return Lack(kind=need.kind, name=need.name, absent=absent, certainty=need.certainty, workflows=ids)


def _askers(description: Description) -> dict[tuple[str, str], list[str]]:
    askers: dict[tuple[str, str], list[str]] = defaultdict(list)
    for workflow in description.workflows:
        for need in workflow.needs:
            if not need.optional:
                askers[need.kind, need.name].append(workflow.id)
    return askers


def _is_worth_telling(need: Need) -> bool:
    return need.kind in _FROM_THE_ENVIRONMENT and need.certainty != "dynamic"
