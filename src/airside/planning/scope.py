"""What has to be asked to tell the consequences of a move: no more than what the move touches."""

from collections.abc import Mapping
from dataclasses import dataclass

from airside.inspection.facts import DueQuestion, DueRequest
from airside.planning.live import LiveState
from airside.release.description import Description, WorkflowDescription

DUE_LIMIT = 1000
"""Where counting the runs of one workflow ends."""

_SCHEDULING = ("schedule", "timetable", "start_date", "end_date", "catchup", "assets")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The workflows of a move, by what happens to them: their ids, sorted.

    Attributes:
        named: Those of both releases.
        added: Those that come.
        removed: Those that go.
        changed: Those that stay and differ.
        rescheduled: Those of them whose runs are made in another way.
    """

    named: tuple[str, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    rescheduled: tuple[str, ...]

    @property
    def touched(self) -> tuple[str, ...]:
        """Those that come, go or differ."""
        return tuple(sorted((*self.added, *self.removed, *self.changed)))


def scope_of(before: Description | None, after: Description) -> Scope:
    """Return the workflows of the move from `before`, None for a first release, to `after`."""
    old, new = by_id(before), by_id(after)
    both = sorted(old.keys() & new.keys())
    return Scope(
        named=tuple(sorted(old.keys() | new.keys())),
        added=tuple(sorted(new.keys() - old.keys())),
        removed=tuple(sorted(old.keys() - new.keys())),
        changed=tuple(name for name in both if old[name] != new[name]),
        rescheduled=tuple(name for name in both if is_rescheduled(old[name], new[name])),
    )


def by_id(description: Description | None) -> Mapping[str, WorkflowDescription]:
    """Return the workflows of `description` by their ids."""
    return {workflow.id: workflow for workflow in description.workflows} if description else {}


def is_rescheduled(before: WorkflowDescription, after: WorkflowDescription) -> bool:
    """Return whether the runs of a workflow are made in another way."""
    return any(getattr(before, name) != getattr(after, name) for name in _SCHEDULING)


def starting(scope: Scope, after: Description, live: LiveState) -> dict[str, bool | None]:
    """Return the workflows of which runs may start at once, each with whether it will be paused; None is unknown."""
    new = by_id(after)
    returning = [name for name in scope.changed if _is_fresh(name, live)]
    candidates = sorted({*scope.added, *scope.rescheduled, *returning})
    return {name: _paused(new[name], live) for name in candidates}


def due_request(scope: Scope, after: Description, live: LiveState) -> DueRequest:
    """Return the questions how many runs are due of each workflow of which runs may start at once.

    A workflow that Airflow knows, and of which it did not say what its last run is, is not asked about.
    """
    new = by_id(after)
    names = [name for name, paused in starting(scope, after, live).items() if paused is not True]
    told = [name for name in names if name not in live.workflows or name in live.last]
    return DueRequest(limit=DUE_LIMIT, questions=tuple(_question(new[name], live) for name in told))


def _question(workflow: WorkflowDescription, live: LiveState) -> DueQuestion:
    return DueQuestion(
        workflow=workflow.id,
        timetable=workflow.timetable,
        start_date=workflow.start_date,
        end_date=workflow.end_date,
        catchup=workflow.catchup,
        last=live.last.get(workflow.id),
    )


def _is_fresh(name: str, live: LiveState) -> bool:
    known = live.workflows.get(name)
    return known is None or known.stale


def _paused(workflow: WorkflowDescription, live: LiveState) -> bool | None:
    known = live.workflows.get(workflow.id)
    if known is not None:
        return known.paused
    # airflow/dag_processing/collection.py 3.3.2, `_create_orm_dags`: only what is new follows either of them.
    return live.paused_at_creation if workflow.paused_at_creation is None else workflow.paused_at_creation
