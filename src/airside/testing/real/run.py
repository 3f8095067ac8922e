"""A run on a metadata database, scheduled by Airflow, from what a test gives to what came of it."""

from datetime import UTC, datetime
from typing import Any

from airside.testing.engine.graph import Graph
from airside.testing.engine.making import facts_of
from airside.testing.engine.prepared import refuse_empty_run, tasks_to_run
from airside.testing.engine.records import Records, plain
from airside.testing.engine.roster import Roster
from airside.testing.engine.run import deadlock, edges
from airside.testing.engine.stubs import Stubs
from airside.testing.given import Given
from airside.testing.outcome import RunOutcome
from airside.testing.real.attempts import Attempts
from airside.testing.real.database import metadata_database
from airside.testing.real.driving import Drive
from airside.testing.real.outputs import RowsOfOutputs
from airside.testing.real.reading import RowsOfInstances, asset_events, tasks_of
from airside.testing.real.registering import register
from airside.testing.real.seeding import seed
from airside.testing.real.speaking import Supervision
from airside.testing.real.telling import tell
from airside.testing.tasks.execution_api.runs import Runs
from airside.testing.tasks.settling import settle


def run(dag: Any, given: Given) -> RunOutcome:
    """Run `dag` (of Airflow's SDK) in this process, by Airflow's own scheduler and Execution API on a database.

    Raises:
        UsageError: What the test gives does not fit the workflow.
    """
    graph = Graph(dag, [*tasks_to_run(dag, given), *(given.xcoms if given.only else ())])
    with metadata_database():
        return _run(dag, given, graph)


def _run(dag: Any, given: Given, graph: Graph) -> RunOutcome:
    settled = settle(given)
    facts = facts_of(dag, given, datetime.now(UTC))
    registered = register(dag, facts, given)
    others = Runs(dag, given, facts, Roster(), settled.needs)
    supervision = Supervision(settled, registered, others)
    outputs = RowsOfOutputs(facts)
    seed(registered, outputs, given.xcoms)
    roster = RowsOfInstances(registered)
    refuse_empty_run(dag, roster, given.logical_date)
    drive = Drive(
        registered=registered,
        graph=graph,
        attempts=Attempts(registered, settled, supervision),
        stubs=Stubs(given.stub, graph, roster, outputs),
        given=given,
        records=Records(),
        client=supervision.client,
    )
    state, callback = drive.to_the_end()
    supervision.close()
    waiting = roster.unfinished()
    return RunOutcome(
        dag_id=facts.dag_id,
        run_id=facts.run_id,
        state="success" if state == "success" else "failed",
        tells=tell(dag, callback, settled),
        tasks=tuple(task for task in tasks_of(drive, outputs) if task.key.task_id not in given.xcoms),
        task_ids=tuple(map(plain, graph.places)),
        edges=tuple(edges(dag)),
        needs=settled.needs.all(dag),
        asset_events=asset_events(facts),
        triggered=tuple(others.triggered),
        error=deadlock(waiting) if waiting else None,
        duration=drive.records.duration(),
    )
