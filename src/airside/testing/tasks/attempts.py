"""One attempt of one task instance: all passes until it has an end."""

import dataclasses
import time
from datetime import datetime
from typing import Any

import structlog
from airflow.sdk.configuration import conf
from airflow.sdk.execution_time.task_runner import _register_deserialization_allowed_classes

from airside.testing.engine.attempt import Attempt, AttemptState
from airside.testing.outcome import TaskKey
from airside.testing.tasks.asking import answered
from airside.testing.tasks.deferral import begun, resumed
from airside.testing.tasks.execution_api.supervisor import Supervisor
from airside.testing.tasks.failures import failure_of
from airside.testing.tasks.passes import Pass, Start, run_pass, started_at

_ENDS: dict[str, AttemptState] = {
    "success": "success",
    "failed": "failed",
    "skipped": "skipped",
    "up_for_retry": "up_for_retry",
    "removed": "failed",
}


class TaskAttempts:
    """`Attempts` through Airflow's task runner."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor
        self._clears_state = conf.getboolean("state_store", "clear_on_success", fallback=False)
        _register_deserialization_allowed_classes(supervisor.dag, structlog.get_logger("task"))

    def attempt(self, key: TaskKey, task: Any, try_number: int) -> Attempt:
        """Run `task` (of the SDK; for a mapped one the `MappedOperator`) as `key`, for the n-th time, from 1."""
        supervisor, settled = self.supervisor, self.supervisor.settled
        began = time.perf_counter()
        settled.clock.begin()
        settled.needs.asking = key
        told = supervisor.progress.begin()
        start = Start(
            key=key, task=task, id=supervisor.id_of(key, try_number), try_number=try_number, started=started_at()
        )
        tells: list[str] = []
        try:
            with settled.log.reading() as lines:
                end = self._to_its_end(start, tells)
        finally:
            settled.needs.asking = None
        return Attempt(
            state=_ENDS[end.state],
            error=failure_of(end.error, settled.places) if end.error is not None else None,
            skips=frozenset(told.skips),
            rendered=told.rendered,
            log=tuple(lines),
            tells=tuple(tells),
            seconds=time.perf_counter() - began,
        )

    def _to_its_end(self, start: Start, tells: list[str]) -> Pass:
        reached: Start | Pass = begun(self.supervisor, start) or start
        while isinstance(reached, Start) or reached.state not in _ENDS:
            if isinstance(reached, Start):
                start = reached
                reached = self._pass(start)
            else:
                reached = self._next(reached, start)
            tells.extend(reached.tells if isinstance(reached, Pass) else ())
        if reached.state == "success":
            self._succeeded(start.key)
        return reached

    def _pass(self, start: Start) -> Pass:
        try:
            return run_pass(self.supervisor, start)
        except Exception as error:  # noqa: BLE001 - what fails before the task runs: in Airflow its process ends with 1
            retries = start.task.retries or 0
            return Pass("up_for_retry" if start.try_number <= retries else "failed", None, error, None, ())

    def _next(self, end: Pass, start: Start) -> Start | Pass:
        """Return how a task goes on that has no end yet."""
        if end.state == "deferred":
            return resumed(self.supervisor, end, start)
        if end.state == "awaiting_input":
            return answered(self.supervisor, end, start)
        return self._rescheduled(end.message.reschedule_date, start)

    def _rescheduled(self, date: datetime, start: Start) -> Start:
        told = self.supervisor.progress.told
        if told.first_reschedule is None:
            told.first_reschedule = start.started
        self.supervisor.settled.clock.wait((date - started_at()).total_seconds())
        return dataclasses.replace(
            start, reschedules=start.reschedules + 1, next_method=None, next_kwargs=None, started=started_at()
        )

    def _succeeded(self, key: TaskKey) -> None:
        if (success := self.supervisor.progress.succeeded) is not None:
            self.supervisor.assets.register(key, success)
        if self._clears_state:
            self.supervisor.stores.clear_task(key)
