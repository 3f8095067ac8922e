"""Tasks that wait for a human."""

import dataclasses
from typing import Any

import structlog
from airflow.sdk.serde import deserialize, serialize
from airflow.sdk.timezone import utcnow

from airside.testing.given import Answer
from airside.testing.tasks.execution_api.supervisor import Supervisor
from airside.testing.tasks.passes import Pass, Start

log = structlog.get_logger(__name__)


def answered(supervisor: Supervisor, end: Pass, start: Start) -> Start:
    """Return how a task goes on that has asked: with the answer of the test, or when its time is over.

    As Airflow does it: airflow/jobs/scheduler_job_runner.py 3.3.2, `check_awaiting_input_timeouts`.
    """
    asked = supervisor.humans.asked.get(start.id)
    answers = supervisor.settled.given.answers
    answer = answers.get(str(start.key), answers.get(start.key.task_id))
    if answer is not None:
        event = _said(answer)
    else:
        option = asked.options[0] if asked is not None and asked.options else "…"
        log.warning("Nobody answers %s. For instance answers={%r: %r}", start.key, start.key.task_id, option)
        if end.message.timeout is not None:
            supervisor.settled.clock.wait(end.message.timeout.total_seconds())
        event = _nobody(asked)
    kwargs = deserialize(end.message.next_kwargs) if end.message.next_kwargs else {}
    return dataclasses.replace(
        start, next_method=end.message.next_method, next_kwargs=serialize({**kwargs, "event": event})
    )


def _said(answer: Answer) -> dict[str, Any]:
    return {
        "chosen_options": list(answer.chosen),
        "params_input": dict(answer.params),
        "responded_at": utcnow(),
        "responded_by_user": {"id": answer.by, "name": answer.by},
        "timedout": False,
    }


def _nobody(asked: Any) -> dict[str, Any]:
    """Return what happens when the time is over: the defaults are taken; without them it is an error."""
    if asked is None or asked.defaults is None:
        reason = "The Human-in-the-loop response timeout has passed without a response."
        return {"error": reason, "error_type": "timeout"}
    values = {
        key: value["value"] if isinstance(value, dict) and "value" in value else value
        for key, value in (asked.params or {}).items()
    }
    return {
        "chosen_options": list(asked.defaults),
        "params_input": values,
        "responded_at": utcnow(),
        "responded_by_user": None,
        "timedout": True,
    }
