"""What came of a run, from the database."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from airflow.models.asset import AssetEvent as AssetEventRow
from airflow.utils.session import create_session
from sqlalchemy import select

from airside.testing.engine.attempt import Outputs
from airside.testing.engine.facts import RunFacts
from airside.testing.engine.roster import Roster
from airside.testing.outcome import AssetEvent, TaskKey, TaskOutcome
from airside.testing.real.driving import Drive
from airside.testing.real.registering import Registered


class RowsOfInstances(Roster):
    """The task instances of a run as the database has them at any moment."""

    def __init__(self, registered: Registered) -> None:
        super().__init__()
        self._registered = registered

    def of(self, task_id: str) -> Mapping[int, str | None]:
        """Return the states of a task's instances, by map index; empty: the run has none."""
        return {key.map_index: state for key, state in self.states().items() if key.task_id == task_id}

    def states(self) -> Mapping[TaskKey, str | None]:
        """Return the states of all."""
        return dict(sorted(self._registered.states().items()))


def tasks_of(drive: Drive, outputs: Outputs) -> tuple[TaskOutcome, ...]:
    """Return what all task instances did; how often they were tried is what the database says."""
    with create_session() as session:
        rows = {(ti.task_id, ti.map_index): ti for ti in drive.registered.instances(session)}
    found = drive.records.outcomes(drive.graph, RowsOfInstances(drive.registered), outputs)
    return tuple(
        replace(task, tries=rows[task.key.task_id, task.key.map_index].try_number) if task.order is not None else task
        for task in found
    )


def asset_events(facts: RunFacts) -> tuple[AssetEvent, ...]:
    """Return the assets that tasks said to have changed, in order."""
    with create_session() as session:
        own = AssetEventRow.source_run_id == facts.run_id
        rows = session.scalars(select(AssetEventRow).where(own).order_by(AssetEventRow.id))
        return tuple(_changed(row) for row in rows)


def _changed(row: Any) -> AssetEvent:
    key = TaskKey(row.source_task_id, row.source_map_index)
    return AssetEvent(row.asset.name, row.asset.uri, key, dict(row.extra))
