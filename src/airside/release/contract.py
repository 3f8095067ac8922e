"""Whether an environment has what workflows need, as far as its names are known.

There are three answers: a name that is not in a list that is known to be incomplete may still be there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from airside.release.description import Need, NeedKind, WorkflowDescription

Outcome = Literal["present", "absent", "unknown"]

AMBIENT: Final = frozenset(
    {"HOME", "HOSTNAME", "LANG", "LOGNAME", "PATH", "PWD", "SHELL", "TEMP", "TERM", "TMP", "TMPDIR", "TZ", "USER"}
)
"""Environment variables that every process has, or that every program goes on without."""

_AIRFLOW_PREFIXES = ("AIRFLOW_HOME", "AIRFLOW_CTX_", "AIRFLOW__", "LC_")
"""Those that Airflow sets itself, for its components or for a running task."""


@dataclass(frozen=True, slots=True)
class Names:
    """What an environment has: names only, never a value.

    Attributes:
        has: The names by kind.
        whole: The kinds of which `has` lists all there are.
    """

    has: Mapping[NeedKind, frozenset[str]] = field(default_factory=dict)
    whole: frozenset[NeedKind] = frozenset()

    def of(self, kind: NeedKind) -> frozenset[str]:
        """Return the names of this kind."""
        return self.has.get(kind, frozenset())

    def adding(self, kind: NeedKind, names: Iterable[str], *, whole: bool) -> "Names":
        """Return these names and the further `names` of a kind; `whole` says that there are no others."""
        has = {**self.has, kind: self.of(kind) | frozenset(names)}
        return replace(self, has=has, whole=self.whole | {kind} if whole else self.whole)


def with_release(names: Names, workflows: Iterable[WorkflowDescription], *, complete: bool) -> Names:
    """Return `names` and what the release brings: the ids of its workflows, and the assets that its tasks write.

    `complete` says that these are all workflows of the release.
    """
    described = tuple(workflows)
    written = {asset for workflow in described for task in workflow.tasks for asset in task.outlets}
    # What a workflow can do without is written by its code through an alias, or by others whom a watcher observes.
    needs = (need for workflow in described for need in workflow.needs)
    written |= {need.name for need in needs if need.kind == "asset" and need.optional}
    with_workflows = names.adding("workflow", (workflow.id for workflow in described), whole=complete)
    return with_workflows.adding("asset", written, whole=complete)


def outcome(need: Need, names: Names) -> Outcome:
    """Return whether the environment with these `names` has what is needed."""
    if need.certainty == "dynamic":
        return "unknown"
    if need.name in names.of(need.kind) or (need.kind == "environment-variable" and _is_ambient(need.name)):
        return "present"
    if need.kind == "asset" and _is_outside(need.name, names.of("asset")):
        return "unknown"
    return "absent" if need.kind in names.whole else "unknown"


def lacking(needs: Iterable[Need], names: Names) -> tuple[Need, ...]:
    """Return those of `needs` that the environment lacks for sure, and that the code cannot do without."""
    return tuple(need for need in needs if not need.optional and outcome(need, names) == "absent")


def _is_outside(asset: str, written: frozenset[str]) -> bool:
    """Return whether the asset is a URI in a place that the release does not write to.

    What lies there may be written by anybody, who tells Airflow through its API or a watcher.
    """
    scheme, separator, rest = asset.partition("://")
    place = f"{scheme}{separator}{rest.partition('/')[0]}/"
    return bool(separator) and not any(other.startswith(place) for other in written)


def _is_ambient(name: str) -> bool:
    return name in AMBIENT or name.startswith(_AIRFLOW_PREFIXES)
