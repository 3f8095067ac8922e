"""A run in memory, from what a test gives to what came of it."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from airside.testing.engine.drive import Drive
from airside.testing.engine.ending import state_of
from airside.testing.engine.facts import RunFacts
from airside.testing.engine.graph import Graph
from airside.testing.engine.making import facts_of
from airside.testing.engine.prepared import has_instance, refuse_empty_run, seed, tasks_to_run
from airside.testing.engine.records import Records, plain
from airside.testing.engine.roster import Roster
from airside.testing.engine.scheduler import Scheduler
from airside.testing.engine.stubs import Stubs
from airside.testing.given import Given
from airside.testing.outcome import Failure, RunOutcome, RunState, TaskKey
from airside.testing.tasks.lane import Lane, lane_for


def run(dag: Any, given: Given) -> RunOutcome:
    """Run `dag` (of Airflow's SDK) in this process, without a database.

    Raises:
        UsageError: What the test gives does not fit the workflow.
    """
    graph = Graph(dag, tasks_to_run(dag, given))
    roster = Roster()
    facts = facts_of(dag, given, datetime.now(UTC))
    lane = lane_for(dag, given, facts, roster)
    drive = _prepare(graph, roster, lane, given)
    has_ended = drive.to_the_end()
    return _outcome(drive, lane, facts, has_ended=has_ended)


def _prepare(graph: Graph, roster: Roster, lane: Lane, given: Given) -> Drive:
    scheduler = Scheduler(graph, roster, lane.outputs)
    seed(graph, roster, lane.outputs, given.xcoms)
    for task_id in given.xcoms:
        scheduler.lengths.learn(task_id)
    for node in graph.nodes.values():
        if given.only or has_instance(node.task, given.logical_date):
            scheduler.enroll(node)
    refuse_empty_run(graph.dag, roster, given.logical_date)
    stubs = Stubs(given.stub, graph, roster, lane.outputs)
    return Drive(graph, roster, scheduler, lane.attempts, lane.outputs, stubs, given.fail, Records())


def _outcome(drive: Drive, lane: Lane, facts: RunFacts, *, has_ended: bool) -> RunOutcome:
    graph = drive.graph
    state = state_of(graph, drive.roster) if has_ended else "failed"
    tells = lane.finish(state, _relevant(drive, state, has_ended=has_ended), _reason(state, has_ended=has_ended))
    return RunOutcome(
        dag_id=facts.dag_id,
        run_id=facts.run_id,
        state=state,
        tasks=drive.records.outcomes(graph, drive.roster, drive.outputs),
        task_ids=tuple(map(plain, graph.places)),
        edges=tuple(edges(graph.dag)),
        needs=lane.needs(),
        asset_events=lane.asset_events(),
        triggered=lane.triggered(),
        tells=tells,
        error=None if has_ended else deadlock(drive.roster.unfinished()),
        duration=drive.records.duration(),
    )


def edges(dag: Any) -> Iterator[tuple[str, str]]:
    """Yield all pairs of task ids of a workflow, upstream first."""
    for task in dag.tasks:
        for below in sorted(task.downstream_task_ids):
            yield plain(task.task_id), plain(below)


def _relevant(drive: Drive, state: RunState, *, has_ended: bool) -> TaskKey | None:
    """Return the instance that callbacks of the DAG are told of: `DagRun.update_state` (Airflow 3.3.2)."""
    if has_ended:
        return drive.records.last(drive.roster, state)
    ended = {task_id for task_id, instances in drive.roster.finished.items() if instances}
    blocked = (
        key for key in drive.roster.unfinished() if ended & drive.graph.nodes[key.task_id].task.upstream_task_ids
    )
    return next(blocked, None)


def _reason(state: RunState, *, has_ended: bool) -> str:
    if not has_ended:
        return "all_tasks_deadlocked"
    return "success" if state == "success" else "task_failure"


def deadlock(waiting: Iterable[TaskKey]) -> Failure:
    """Return why a run failed that did not come to its end, and in which these task instances wait."""
    names = ", ".join(f"`{key}`" for key in waiting)
    return Failure("Deadlock", f"no task can start any more, and these wait for ever: {names}")
