"""Tasks that defer: what their trigger sends, from the test or from the trigger itself."""

import asyncio
import dataclasses
import traceback
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, Final

import structlog
from airflow.sdk.bases.operator import TRIGGER_FAIL_REPR, TriggerFailureReason
from airflow.sdk.module_loading import import_string
from airflow.sdk.serde import deserialize, serialize
from airflow.triggers.base import BaseTaskEndEvent
from asgiref.sync import SyncToAsync

from airside.testing.tasks.execution_api.supervisor import Supervisor
from airside.testing.tasks.passes import Pass, Start, ended_by_trigger, instance_of
from airside.testing.tasks.patience import PatientLoop
from airside.testing.tasks.settling import Settled

UNBOUNDED: Final = timedelta(days=30).total_seconds()
"""Seconds, not waited, after which a trigger without a time-out is taken to send nothing."""

log = structlog.get_logger(__name__)


def begun(supervisor: Supervisor, start: Start) -> Pass | None:
    """Return where a task is that begins in the triggerer, or None: it begins in a worker.

    As `TaskInstance.defer_task` (airflow/models/taskinstance.py 3.3.2): its `execute` never runs.
    """
    given = start.task.start_trigger_args if start.task.start_from_trigger is True else None
    if given is None:
        return None
    limits = [limit for limit in (given.timeout, start.task.execution_timeout) if limit is not None]
    message = SimpleNamespace(
        classpath=given.trigger_cls,
        trigger_kwargs=serialize(given.trigger_kwargs or {}),
        trigger_timeout=min(limits, default=None),
        next_method=given.next_method,
        next_kwargs=serialize(given.next_kwargs or {}),
    )
    return Pass("deferred", message, None, instance_of(supervisor, start), ())


def resumed(supervisor: Supervisor, end: Pass, start: Start) -> Start | Pass:
    """Return how a task goes on that has deferred, or where it ends, when its trigger says so."""
    message = end.message
    given, found = _given(supervisor, start)
    if found:
        return _with_event(start, message, given)
    try:
        kwargs = deserialize(message.trigger_kwargs) if message.trigger_kwargs else {}
        limit = message.trigger_timeout
        event = fired(
            supervisor.settled, message.classpath, kwargs, UNBOUNDED if limit is None else limit.total_seconds()
        )
    except TimeoutError:
        said = f"The trigger {message.classpath} sends nothing: give events={{{start.key.task_id!r}: payload}}"
        log.error(said)  # noqa: TRY400 - where the time-out comes from is of no interest
        return _failing(start, {"error": TriggerFailureReason.TRIGGER_TIMEOUT})
    except Exception as error:  # noqa: BLE001 - a trigger is code of anybody; Airflow fails the task with it
        told = traceback.format_exception(error)
        return _failing(start, {"error": TriggerFailureReason.TRIGGER_FAILURE, "traceback": told})
    if event is None:
        return _failing(start, {"error": TriggerFailureReason.TRIGGER_FAILURE, "traceback": None})
    if isinstance(event, BaseTaskEndEvent):
        return ended_by_trigger(end, start, event)
    return _with_event(start, message, event.payload)


def _given(supervisor: Supervisor, start: Start) -> tuple[Any, bool]:
    events = supervisor.settled.given.events
    name = str(start.key) if str(start.key) in events else start.key.task_id
    if name not in events:
        return None, False
    return supervisor.next_event(start.id, events[name])


def _with_event(start: Start, message: Any, payload: Any) -> Start:
    # As airflow/models/trigger.py 3.3.2, `handle_event_submit`: beside what was deferred with.
    kwargs = deserialize(message.next_kwargs) if message.next_kwargs else {}
    return dataclasses.replace(
        start, next_method=message.next_method, next_kwargs=serialize({**kwargs, "event": payload})
    )


def _failing(start: Start, kwargs: Mapping[str, Any]) -> Start:
    return dataclasses.replace(start, next_method=TRIGGER_FAIL_REPR, next_kwargs=serialize(dict(kwargs)))


def fired(settled: Settled, classpath: str, kwargs: Mapping[str, Any], limit: float) -> Any:
    """Run a trigger, and return its first event; None: it ended without one.

    Args:
        settled: The process of the run.
        classpath: The class of the trigger.
        kwargs: Its arguments.
        limit: Seconds, not waited, after which it has sent nothing.

    Raises:
        TimeoutError: It has sent nothing.
        Exception: Whatever the trigger raises.
    """
    patience = min(limit, settled.given.timeout / 2)
    try:
        with asyncio.Runner(loop_factory=lambda: PatientLoop(settled.clock, patience)) as runner:
            return runner.run(_first_event(classpath, kwargs, limit))
    finally:
        _end_thread()


def _end_thread() -> None:
    """End the thread in which triggers have called what blocks: asgiref keeps it for the next call."""
    SyncToAsync.single_thread_executor.shutdown(wait=False, cancel_futures=True)
    SyncToAsync.single_thread_executor = ThreadPoolExecutor(max_workers=1)


async def _first_event(classpath: str, kwargs: Mapping[str, Any], limit: float) -> Any:
    trigger = import_string(classpath)(**kwargs)
    try:
        async with asyncio.timeout(limit):
            return await anext(trigger.run(), None)
    finally:
        await trigger.cleanup()
