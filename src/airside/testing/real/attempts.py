"""One attempt of one task instance: started, supervised and ended by the Execution API on the database."""

import os
import time
from typing import Any, Final

import structlog
from airflow.models.renderedtifields import RenderedTaskInstanceFields
from airflow.sdk.api.datamodels._generated import TaskInstanceState
from airflow.sdk.execution_time import task_runner
from airflow.sdk.timezone import utcnow
from airflow.utils.session import create_session

from airside.testing.engine.attempt import Attempt, AttemptState
from airside.testing.outcome import TaskKey
from airside.testing.real.registering import Registered
from airside.testing.real.speaking import Supervision
from airside.testing.real.waiting import Waiting
from airside.testing.tasks.failures import failure_of
from airside.testing.tasks.passes import Pass, run_instance
from airside.testing.tasks.settling import Settled

_ENDS: Final[dict[str, AttemptState]] = {
    "success": "success",
    "failed": "failed",
    "skipped": "skipped",
    "up_for_retry": "up_for_retry",
    "removed": "failed",
}


class Attempts:
    """Attempts of task instances that the scheduler has scheduled."""

    def __init__(self, registered: Registered, settled: Settled, supervision: Supervision) -> None:
        self._registered = registered
        self._settled = settled
        self._supervision = supervision
        self._waiting = Waiting(settled)
        self._contexts: dict[TaskKey, Any] = {}
        task_runner._register_deserialization_allowed_classes(registered.dag, structlog.get_logger("task"))  # noqa: SLF001 - as its `main` does

    def start(self, key: TaskKey) -> None:
        """Let a worker take a task instance: it runs from now on."""
        with create_session() as session:
            instance = self._registered.instance(session, key)
            instance.state = "queued"
            instance.queued_dttm = utcnow()
            ti_id = instance.id
        self._contexts[key] = self._supervision.client.task_instances.start(ti_id, os.getpid(), utcnow())

    def attempt(self, key: TaskKey, task: Any) -> Attempt:
        """Run what was started, or begun in the triggerer, to its end."""
        began = time.perf_counter()
        self._settled.clock.begin()
        self._settled.needs.asking = key
        tells: list[str] = []
        try:
            with self._settled.log.reading() as lines:
                state, error = self._to_its_end(key, task, tells)
        finally:
            self._settled.needs.asking = None
        return Attempt(
            state=_ENDS[state],
            error=failure_of(error, self._settled.places) if error is not None else None,
            rendered=self._rendered(key),
            log=tuple(lines),
            tells=tuple(tells),
            seconds=time.perf_counter() - began,
        )

    def _to_its_end(self, key: TaskKey, task: Any, tells: list[str]) -> tuple[str, BaseException | None]:
        state = "running" if key in self._contexts else "deferred"
        last: Pass | None = None
        while state not in _ENDS:
            if state == "running":
                last = self._pass(key, task)
                state = last.state
                tells.extend(last.tells)
                continue
            with create_session() as session:
                instance = self._registered.instance(session, key)
                ending = self._waiting.end(instance, key, session)
                state = str(instance.state)
            if ending is not None:
                break
            self.start(key)
            state = "running"
        return state, last.error if last is not None else None

    def _pass(self, key: TaskKey, task: Any) -> Pass:
        """As `InProcessTestSupervisor.start` does (sdk/execution_time/supervisor.py 3.3.2)."""
        with create_session() as session:
            row = self._registered.instance(session, key)
        supervisor = self._supervision.begin(row.id)
        context = self._contexts.pop(key)
        try:
            end = run_instance(_instance(row, task, context), self._settled)
        except Exception as error:  # noqa: BLE001 - what fails before the task runs: in Airflow its process ends with 1
            state = TaskInstanceState.UP_FOR_RETRY if context.should_retry else TaskInstanceState.FAILED
            supervisor._terminal_state = state  # noqa: SLF001 - as its `final_state` for such a process
            self._finish(supervisor, state)
            return Pass(str(state.value), None, error, None, ())
        supervisor.update_task_state_if_needed()
        return end

    def _finish(self, supervisor: Any, state: Any) -> None:
        if state == TaskInstanceState.FAILED:
            supervisor.update_task_state_if_needed()
        else:
            self._supervision.client.task_instances.retry(supervisor.id, utcnow(), None)

    def _rendered(self, key: TaskKey) -> dict[str, Any]:
        facts = self._registered.facts
        with create_session() as session:
            place = (facts.dag_id, str.__str__(key.task_id), facts.run_id, key.map_index)
            found = session.get(RenderedTaskInstanceFields, place)
            return dict(found.rendered_fields) if found is not None else {}


def _instance(row: Any, task: Any, context: Any) -> Any:
    names = ("id", "task_id", "dag_id", "run_id", "try_number", "dag_version_id", "map_index", "hostname", "queue")
    return task_runner.RuntimeTaskInstance.model_construct(
        **{name: getattr(row, name) for name in names},
        task=task,
        _ti_context_from_server=context,
        max_tries=context.max_tries,
        start_date=row.start_date,
        state=TaskInstanceState.RUNNING,
    )
