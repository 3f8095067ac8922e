"""Runs and task instances: of this run, and of other workflows."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import structlog
from airflow.sdk.api.datamodels._generated import PreviousTIResponse
from airflow.sdk.exceptions import ErrorType
from airflow.sdk.execution_time.comms import (
    DagResult,
    DagRunResult,
    DagRunStateResult,
    DRCount,
    ErrorResponse,
    GetDag,
    GetDagRun,
    GetDagRunState,
    GetDRCount,
    GetPreviousDagRun,
    GetPreviousTI,
    GetPrevSuccessfulDagRun,
    GetTaskBreadcrumbs,
    GetTaskStates,
    GetTICount,
    OKResponse,
    PreviousDagRunResult,
    PreviousTIResult,
    PrevSuccessfulDagRunResult,
    TaskBreadcrumbsResult,
    TaskStatesResult,
    TICount,
    TriggerDagRun,
)

from airside.testing.engine.facts import Board, RunFacts
from airside.testing.given import Given
from airside.testing.outcome import TaskKey, Trigger
from airside.testing.tasks.execution_api.comms import Answer, refused
from airside.testing.tasks.needs import Needs

_ENDS: Final = frozenset({"success", "failed", "skipped", "upstream_failed", "removed"})

log = structlog.get_logger(__name__)


class Runs:
    """What the API knows of runs: this one is the first of its workflow; of others what the test gives."""

    def __init__(self, dag: Any, given: Given, run: RunFacts, board: Board, needs: Needs) -> None:
        self._dag = dag
        self._given = given
        self._run = run
        self._board = board
        self._needs = needs
        self.dag_run: Any = None
        self.triggered: list[Trigger] = []
        self._missed: set[str] = set()

    def answers(self) -> Mapping[type, Answer]:
        """Return what is answered, by message."""
        return {
            GetDag: self._dag_of,
            GetDagRun: self._detail,
            GetDagRunState: self._state,
            GetDRCount: self._count_runs,
            GetTICount: self._count_instances,
            GetTaskStates: self._states,
            GetTaskBreadcrumbs: self._breadcrumbs,
            GetPreviousDagRun: lambda _: PreviousDagRunResult(dag_run=None),
            GetPreviousTI: self._instance_before,
            GetPrevSuccessfulDagRun: lambda _: PrevSuccessfulDagRunResult(),
            TriggerDagRun: self._trigger,
        }

    def _dag_of(self, msg: Any) -> Any:
        is_own = msg.dag_id == self._run.dag_id
        return DagResult(
            dag_id=msg.dag_id,
            is_paused=False,
            bundle_name=None,
            bundle_version=None,
            relative_fileloc=getattr(self._dag, "relative_fileloc", None) if is_own else None,
            owners=self._dag.owner if is_own else None,
            tags=sorted(self._dag.tags) if is_own else [],
            next_dagrun=None,
        )

    def _detail(self, msg: Any) -> Any:
        if not self._is_own(msg):
            raise refused(404, f"Dag run with dag_id {msg.dag_id!r} and run_id {msg.run_id!r} was not found")
        return DagRunResult(**self.dag_run.model_dump())

    def _is_own(self, msg: Any) -> bool:
        return (msg.dag_id, msg.run_id) == (self._run.dag_id, self._run.run_id)

    def _state(self, msg: Any) -> Any:
        if self._is_own(msg):
            return DagRunStateResult(state="running")
        state = self._given.counts.get(msg.dag_id)
        if state is None:
            # A run that this one has triggered is not run: a task that waits for it shall go on.
            if not self._is_triggered(msg):
                raise refused(404, f"Dag run with dag_id {msg.dag_id!r} and run_id {msg.run_id!r} was not found")
            state = "success"
        return DagRunStateResult(state=state)

    def _is_triggered(self, msg: Any) -> bool:
        return any((run.dag_id, run.run_id) == (msg.dag_id, msg.run_id) for run in self.triggered)

    def _trigger(self, msg: Any) -> Any:
        if not msg.reset_dag_run and self._is_triggered(msg):
            return ErrorResponse(error=ErrorType.DAGRUN_ALREADY_EXISTS)
        key = self._needs.asking
        if key is not None:
            self.triggered.append(Trigger(msg.dag_id, key, msg.run_id, dict(msg.conf or {})))
        return OKResponse(ok=True)

    def _count_runs(self, msg: Any) -> Any:
        if msg.dag_id == self._run.dag_id:
            is_it = self._matches(msg) and (not msg.states or "running" in msg.states)
            return DRCount(count=int(is_it))
        state = self._of_other(msg.dag_id)
        return DRCount(count=_asked(msg) if state is not None and _fits(state, msg.states) else 0)

    def _count_instances(self, msg: Any) -> Any:
        if msg.dag_id == self._run.dag_id and self._matches(msg):
            return TICount(count=sum(_fits(state, msg.states) for _, state in self._instances(msg)))
        names = [*(msg.task_ids or ()), *([msg.task_group_id] if msg.task_group_id else ())]
        states = [self._of_other(msg.dag_id, name) for name in names]
        return TICount(count=_asked(msg) * sum(state is not None and _fits(state, msg.states) for state in states))

    def _states(self, msg: Any) -> Any:
        if msg.dag_id == self._run.dag_id and self._matches(msg):
            return TaskStatesResult(task_states={self._run.run_id: _named(self._instances(msg))})
        names = [*(msg.task_ids or ()), *([msg.task_group_id] if msg.task_group_id else ())]
        states = {name: state for name in names if (state := self._of_other(msg.dag_id, name)) is not None}
        runs = msg.run_ids or [f"given__{number}" for number in range(_asked(msg))]
        return TaskStatesResult(task_states=dict.fromkeys(runs, states) if states else {})

    def _breadcrumbs(self, msg: Any) -> Any:
        found = sorted(self._board.states().items()) if self._is_own(msg) else []
        crumbs = [
            {
                "task_id": key.task_id,
                "map_index": key.map_index,
                "state": state,
                "operator": self._dag.task_dict[key.task_id].task_type,
                "duration": self._board.effort(key)[1],
            }
            for key, state in found
            if state in _ENDS
        ]
        return TaskBreadcrumbsResult(breadcrumbs=crumbs)

    def _instance_before(self, msg: Any) -> Any:
        """As `get_previous_task_instance` (execution_api/routes/task_instances.py 3.3.2): there is this one run."""
        key, date = TaskKey(msg.task_id, msg.map_index), self._run.logical_date
        states = self._board.states()
        is_before = msg.logical_date is None or (date is not None and date < msg.logical_date)
        is_it = msg.dag_id == self._run.dag_id and key in states and is_before
        if not is_it or msg.state not in {None, states[key]}:
            return PreviousTIResult(task_instance=None)
        tries, seconds = self._board.effort(key)
        found = PreviousTIResponse(
            task_id=key.task_id,
            dag_id=msg.dag_id,
            run_id=self._run.run_id,
            logical_date=date,
            state=states[key],
            try_number=tries,
            map_index=key.map_index,
            duration=seconds,
        )
        return PreviousTIResult(task_instance=found)

    def _instances(self, msg: Any) -> Iterator[tuple[TaskKey, str | None]]:
        group = self._dag.task_group_dict.get(msg.task_group_id) if msg.task_group_id else None
        inside = {task.task_id for task in group.iter_tasks()} if group is not None else None
        for key, state in self._board.states().items():
            if msg.task_ids and key.task_id not in msg.task_ids and (inside is None or key.task_id not in inside):
                continue
            if inside is not None and not msg.task_ids and key.task_id not in inside:
                continue
            if msg.map_index is None or msg.map_index < 0 or key.map_index == msg.map_index:
                yield key, state

    def _matches(self, msg: Any) -> bool:
        """Tell whether this run is among those that are asked for."""
        if msg.run_ids and self._run.run_id not in msg.run_ids:
            return False
        return not msg.logical_dates or self._run.logical_date in msg.logical_dates

    def _of_other(self, dag_id: str, name: str | None = None) -> str | None:
        """Return the state that the test gives for another workflow, or for a task or a group of it."""
        full = f"{dag_id}.{name}" if name is not None else dag_id
        state = self._given.counts.get(full) or self._given.counts.get(dag_id)
        if state is None and full not in self._missed:
            self._missed.add(full)
            log.warning("Nothing is given for %s: it has not run. For instance counts={%r: 'success'}", full, full)
        return state


def _asked(msg: Any) -> int:
    """Return for how many runs something is asked: a run for each date, or each id."""
    return len(msg.logical_dates or msg.run_ids or (None,))


def _fits(state: str | None, states: list[str] | None) -> bool:
    return not states or (state if state is not None else "null") in states


def _named(instances: Iterator[tuple[TaskKey, str | None]]) -> dict[str, str | None]:
    return {key.task_id if key.map_index < 0 else f"{key.task_id}_{key.map_index}": state for key, state in instances}
