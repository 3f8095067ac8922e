"""Telling what a move does to an Airflow that runs, from what that Airflow said before it."""

from collections import Counter
from collections.abc import Iterator, Mapping

from airside.planning.consequences import Consequences, Fate, Loss, LostHistory, RunInFlight, RunningTask, Start
from airside.planning.live import LiveRun, LiveState
from airside.planning.scope import DUE_LIMIT, by_id, scope_of, starting
from airside.release.description import Description, WorkflowDescription


def foresee(  # noqa: PLR0913 - two releases, and what three others know of them
    before: Description | None,
    after: Description,
    live: LiveState,
    *,
    due: Mapping[str, int | None],
    renamed: Mapping[str, str],
    releases: Mapping[str, str],
) -> Consequences:
    """Return the consequences of moving an environment from `before`, None for its first release, to `after`.

    Args:
        before: The workflows that are served.
        after: The workflows that will be.
        live: What Airflow says of them.
        due: How many runs are due under `after`, by workflow; None, or no entry, where that cannot be told.
        renamed: The new ids of workflows that go, by their old ones.
        releases: The ids of releases by the digests of their trees.
    """
    old, new = by_id(before), by_id(after)
    return Consequences(
        reachable=True,
        in_flight=tuple(sorted(_in_flight(old, new, live, releases), key=lambda run: (run.workflow, run.run))),
        starts=tuple(_starts(before, after, live, due)),
        lost=tuple(sorted(_lost(old, new, live, renamed), key=lambda loss: loss.workflow)),
        running_removed=tuple(
            sorted(_running_removed(new, live), key=lambda task: (task.workflow, task.run, task.task))
        ),
    )


def unreachable(reason: str) -> Consequences:
    """Return what can be told where Airflow does not answer: nothing.

    Args:
        reason: Why, as a sentence without its end.
    """
    return Consequences(reachable=False, reason=reason)


Workflows = Mapping[str, WorkflowDescription]


def _in_flight(old: Workflows, new: Workflows, live: LiveState, releases: Mapping[str, str]) -> Iterator[RunInFlight]:
    for run in live.runs:
        yield RunInFlight(
            workflow=run.workflow,
            run=run.run,
            state=run.state,
            release=releases.get(run.tree) if run.tree else None,
            started_at=run.started_at,
            fate=_fate(run, old, new),
        )


def _fate(run: LiveRun, old: Workflows, new: Workflows) -> Fate:
    if run.workflow not in new:
        return "stranded"
    return "breaks" if _is_moved(run.workflow, old, new) else "continues"


def _is_moved(name: str, old: Workflows, new: Workflows) -> bool:
    return name in old and name in new and old[name].file != new[name].file


def _starts(
    before: Description | None, after: Description, live: LiveState, due: Mapping[str, int | None]
) -> Iterator[Start]:
    old, new = by_id(before), by_id(after)
    active = Counter(run.workflow for run in live.runs if not run.backfill)
    for name, paused in starting(scope_of(before, after), after, live).items():
        runs = None if _waits_for_assets(old.get(name), new[name]) else due.get(name)
        if paused or runs == 0:
            continue
        room = max(new[name].max_active_runs - active[name], 0)
        yield Start(
            workflow=name,
            runs=runs,
            reason=_reason(old.get(name), new[name], live),
            at_least=runs is not None and runs >= DUE_LIMIT,
            at_a_time=new[name].max_active_runs if runs is not None and runs > room else None,
            if_unpaused=paused is None,
        )


def _waits_for_assets(before: WorkflowDescription | None, after: WorkflowDescription) -> bool:
    """Return whether events that were kept for the old condition may fulfil the new one: Airflow does not list them."""
    return before is not None and bool(before.assets and after.assets) and before.assets != after.assets


def _reason(before: WorkflowDescription | None, after: WorkflowDescription, live: LiveState) -> str:
    known = live.workflows.get(after.id)
    if known is None:
        return "it is new and catches up" if after.catchup else "it is new"
    if known.stale:
        return "it comes back"
    if before is None:
        return "its schedule may change"  # the release that is served does not say what its workflows are
    if (before.schedule, before.timetable, before.assets) != (after.schedule, after.timetable, after.assets):
        return "its schedule changes"
    if after.catchup and not before.catchup:
        return "it catches up now"
    return "its start date changes" if before.start_date != after.start_date else "its end date changes"


def _lost(old: Workflows, new: Workflows, live: LiveState, renamed: Mapping[str, str]) -> Iterator[LostHistory]:
    flying = Counter(run.workflow for run in live.runs)
    for name in old:
        if name in new:
            if flying[name] and _is_moved(name, old, new):
                yield LostHistory(workflow=name, reason="moved", runs=flying[name])
        elif name in live.workflows and live.history.get(name) != 0:
            successor = renamed.get(name)
            reason: Loss = "renamed" if successor else "removed"
            yield LostHistory(workflow=name, reason=reason, successor=successor, runs=live.history.get(name))


def _running_removed(new: Workflows, live: LiveState) -> Iterator[RunningTask]:
    for task in live.tasks:
        workflow = new.get(task.workflow)
        if workflow is not None and task.task not in {known.id for known in workflow.tasks}:
            yield RunningTask(workflow=task.workflow, run=task.run, task=task.task)
