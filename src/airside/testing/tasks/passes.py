"""One pass of a task instance through Airflow's task runner: from its start to where it ends, defers or comes back."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import structlog
from airflow.sdk.api.datamodels._generated import TaskInstanceState, TIRunContext
from airflow.sdk.exceptions import AirflowException
from airflow.sdk.execution_time import task_runner
from airflow.sdk.timezone import utcnow

from airside.testing.outcome import TaskKey
from airside.testing.tasks.callbacks import watching
from airside.testing.tasks.execution_api.supervisor import Supervisor
from airside.testing.tasks.served import needs_socket, serving
from airside.testing.tasks.settling import Settled

_VERSION = uuid4()
"""Of the DAG: there is one in a test."""

_FAILED = (TaskInstanceState.FAILED, TaskInstanceState.UP_FOR_RETRY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """How a pass starts.

    Attributes:
        key: The task instance.
        task: Of the SDK; for a mapped one its `MappedOperator`.
        id: Of the try.
        try_number: From 1.
        started: When the try was started: what comes back has it from before.
        reschedules: How often it has come back.
        next_method: Where a deferred task goes on.
        next_kwargs: With what, serialized.
    """

    key: TaskKey
    task: Any
    id: UUID
    try_number: int
    started: datetime
    reschedules: int = 0
    next_method: str | None = None
    next_kwargs: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Pass:
    """Where a pass ended.

    Attributes:
        state: As Airflow names it.
        message: What it has told with it: the trigger that it defers to, when it comes back.
        error: Why it failed.
        instance: The `RuntimeTaskInstance`.
        tells: The names of the callbacks that ran.
    """

    state: str
    message: Any
    error: BaseException | None
    instance: Any
    tells: tuple[str, ...]


def run_pass(supervisor: Supervisor, start: Start) -> Pass:
    """Run a task instance once, as `InProcessTestSupervisor.start` does (sdk/execution_time/supervisor.py 3.3.2).

    Raises:
        Exception: Its context cannot be made: its params are not valid.
    """
    return run_instance(instance_of(supervisor, start), supervisor.settled)


def run_instance(instance: Any, settled: Settled) -> Pass:
    """Run a `RuntimeTaskInstance` once.

    Raises:
        Exception: Its context cannot be made: its params are not valid.
    """
    context = instance.get_template_context()
    log = structlog.get_logger("task")
    channel = serving(settled.comms, settled.log) if needs_socket(instance.task) else nullcontext()
    with _environment(), watching() as tells, channel:
        state, message, error = task_runner.run(instance, context, log)
        context["exception"] = error
        task_runner.finalize(instance, state, context, log, error)
    return Pass(_plain(state), message, error, instance, tuple(tells))


def ended_by_trigger(end: Pass, start: Start, event: Any) -> Pass:
    """Return where a task ends that its trigger ends; its callbacks run.

    As airflow/models/trigger.py 3.3.2 does for a `BaseTaskEndEvent`.
    """
    state = TaskInstanceState(event.task_instance_state)
    if state == TaskInstanceState.FAILED and _may_retry(start):
        state = TaskInstanceState.UP_FOR_RETRY
    error = AirflowException("The trigger has failed the task") if state in _FAILED else None
    if state != TaskInstanceState.UP_FOR_RETRY:
        for name, value in (event.xcoms or {}).items():
            end.instance.xcom_push(name, value)
    context = end.instance.get_template_context()
    context["exception"] = error
    with watching() as tells:
        task_runner.finalize(end.instance, state, context, structlog.get_logger("task"), error)
    return Pass(_plain(state), event, error, end.instance, tuple(tells))


def _may_retry(start: Start) -> bool:
    retries = start.task.retries or 0
    return retries != 0 and start.try_number <= retries


def instance_of(supervisor: Supervisor, start: Start) -> Any:
    """Return the task instance as the task runner has it."""
    retries = start.task.retries or 0
    context = TIRunContext.model_construct(
        dag_run=supervisor.dag_run.model_copy(deep=True),
        task_reschedule_count=start.reschedules,
        max_tries=retries,
        variables=[],
        connections=[],
        xcom_keys_to_clear=[] if start.next_method else list(supervisor.xcoms.of(start.key)),
        should_retry=_may_retry(start),
        next_method=start.next_method,
        next_kwargs=start.next_kwargs,
        start_date=start.started,
    )
    return task_runner.RuntimeTaskInstance.model_construct(
        id=start.id,
        task_id=start.key.task_id,
        dag_id=supervisor.run.dag_id,
        run_id=supervisor.run.run_id,
        try_number=start.try_number,
        dag_version_id=_VERSION,
        map_index=start.key.map_index,
        hostname=None,
        queue=start.task.queue,
        task=start.task,
        _ti_context_from_server=context,
        max_tries=retries,
        start_date=start.started,
        state=TaskInstanceState.RUNNING,
    )


def _plain(state: Any) -> str:
    return str(getattr(state, "value", state))


@contextmanager
def _environment() -> Iterator[None]:
    """Take away what the task runner puts into the environment for one task (`AIRFLOW_CTX_…`)."""
    try:
        yield
    finally:
        environment = os.environ  # noqa: TID251 - a process of its own, in which a workflow runs
        for name in [name for name in environment if name.startswith("AIRFLOW_CTX_")]:
            del environment[name]


def started_at() -> datetime:
    """Return when a try starts."""
    found: datetime = utcnow()
    return found
