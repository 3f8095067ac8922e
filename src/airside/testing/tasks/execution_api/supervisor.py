"""The supervisor of all tasks of one run, and the API behind it: everything is in this process, and in memory."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from airflow.sdk.api.datamodels._generated import DagRun
from airflow.sdk.execution_time.comms import GetTaskRescheduleStartDate, ResendLoggingFD, TaskRescheduleStartDate

from airside.base.errors import UsageError
from airside.testing.engine.facts import Board, RunFacts
from airside.testing.given import Given
from airside.testing.outcome import TaskKey
from airside.testing.tasks.execution_api.assets import Assets
from airside.testing.tasks.execution_api.humans import Humans
from airside.testing.tasks.execution_api.progress import Progress
from airside.testing.tasks.execution_api.runs import Runs
from airside.testing.tasks.execution_api.stores import Stores
from airside.testing.tasks.execution_api.xcoms import XComs
from airside.testing.tasks.settling import Settled


class Supervisor:
    """What the tasks of one run speak to."""

    def __init__(self, settled: Settled, dag: Any, run: RunFacts, board: Board) -> None:
        self.settled = settled
        self.dag = dag
        self.run = run
        self.progress = Progress()
        self.xcoms = XComs(run, _absent(dag, settled.given))
        self.assets = Assets(dag, settled.given, run)
        self.runs = Runs(dag, settled.given, run, board, settled.needs)
        self.humans = Humans()
        self.stores = Stores(lambda ti_id: self._keys[ti_id], lambda uri: self.assets.named(uri).name)
        self._ids: dict[tuple[TaskKey, int], UUID] = {}
        self._keys: dict[UUID, TaskKey] = {}
        self._sent: dict[UUID, int] = {}
        self.dag_run = self.runs.dag_run = self._dag_run()
        self._learn()

    def id_of(self, key: TaskKey, try_number: int) -> UUID:
        """Return the id of a task instance: another one for each try, as in Airflow."""
        found = self._ids.get((key, try_number))
        if found is None:
            found = self._ids[key, try_number] = uuid4()
            self._keys[found] = key
        return found

    def next_event(self, ti_id: UUID, given: Any) -> tuple[Any, bool]:
        """Return what the next trigger of a try sends, of what the test gives, and whether there is one left."""
        events = given if isinstance(given, list) else [given]
        number = self._sent.get(ti_id, 0)
        self._sent[ti_id] = number + 1
        return (events[number], True) if number < len(events) else (None, False)

    def _learn(self) -> None:
        for part in (self.progress, self.xcoms, self.assets, self.runs, self.humans, self.stores):
            self.settled.comms.learn(part.answers())
        self.settled.comms.learn(
            {
                GetTaskRescheduleStartDate: self._first_reschedule,
                ResendLoggingFD: lambda _: None,  # the log of this process is the log of its tasks
            }
        )

    def _first_reschedule(self, _: Any) -> Any:
        first = self.progress.told.first_reschedule
        # Time that was not waited has passed nevertheless; the clock may not say so.
        hidden = timedelta(seconds=self.settled.clock.hidden)
        return TaskRescheduleStartDate(start_date=first - hidden if first is not None else None)

    def _dag_run(self) -> Any:
        """Return the run as it comes from the API: read from JSON, and so with plain dates and lists."""
        run = self.run
        start, end = run.interval or (None, None)
        fields = {
            "dag_id": run.dag_id,
            "run_id": run.run_id,
            "logical_date": run.logical_date,
            "data_interval_start": start,
            "data_interval_end": end,
            "run_after": run.run_after,
            "start_date": run.started,
            "end_date": None,
            "run_type": run.run_type,
            "state": "running",
            "conf": run.conf,
            "consumed_asset_events": self.assets.consumed_references(),
            "partition_key": None,
        }
        try:
            return DagRun.model_validate_json(json.dumps(fields, default=_plain))
        except (TypeError, ValueError) as error:
            raise UsageError(
                f"The conf or the asset events of this test are no JSON: {error}",
                hint="Airflow's database holds texts, numbers, lists and mappings.",
            ) from error


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{value!r} is none")


def _absent(dag: Any, given: Given) -> frozenset[str]:
    """Return the tasks that the test neither runs nor gives an output for."""
    return frozenset(dag.task_ids) - {*given.only, *given.xcoms} if given.only else frozenset()
