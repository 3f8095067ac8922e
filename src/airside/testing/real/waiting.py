"""Tasks that wait: for a trigger, for a human, for their next look. Nobody does; what ends the waiting is Airflow's."""

from datetime import UTC, datetime
from typing import Any

import structlog
from airflow._shared.timezones import timezone
from airflow.jobs.job import Job
from airflow.jobs.scheduler_job_runner import SchedulerJobRunner
from airflow.models.hitl import HITLDetail
from airflow.models.taskreschedule import TaskReschedule
from airflow.models.trigger import Trigger, handle_event_submit
from airflow.triggers.base import BaseTaskEndEvent, TriggerEvent
from sqlalchemy import select

from airside.testing.outcome import TaskKey
from airside.testing.tasks.deferral import UNBOUNDED, fired
from airside.testing.tasks.settling import Settled

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)

log = structlog.get_logger(__name__)


class Waiting:
    """Ends the waiting of task instances, one after the other."""

    def __init__(self, settled: Settled) -> None:
        self._settled = settled
        self._sent: dict[tuple[TaskKey, int], int] = {}

    def end(self, instance: Any, key: TaskKey, session: Any) -> Any:
        """Let a task instance (its row) go on; return the event that has ended it instead, or None."""
        match str(instance.state):
            case "deferred":
                return self._trigger(instance, key, session)
            case "awaiting_input":
                self._answer(instance, key, session)
            case _:
                self._come_back(instance, session)
        return None

    def _trigger(self, instance: Any, key: TaskKey, session: Any) -> Any:
        payload, is_given = self._given(key, instance.try_number)
        trigger = session.get(Trigger, instance.trigger_id)
        if is_given:
            Trigger.submit_event(trigger.id, TriggerEvent(payload), session=session)
            return None
        try:
            event = fired(self._settled, trigger.classpath, trigger.kwargs, _seconds(instance.trigger_timeout))
        except TimeoutError:
            instance.trigger_timeout = _LONG_AGO
            session.flush()
            _scheduler().check_trigger_timeouts(session=session)
            session.refresh(instance)
            return None
        except Exception as error:  # noqa: BLE001 - a trigger is code of anybody; Airflow fails the task with it
            Trigger.submit_failure(trigger.id, error, session=session)
            return None
        if event is None:
            Trigger.submit_failure(trigger.id, None, session=session)
            return None
        Trigger.submit_event(trigger.id, event, session=session)
        return event if isinstance(event, BaseTaskEndEvent) else None

    def _given(self, key: TaskKey, try_number: int) -> tuple[Any, bool]:
        given = self._settled.given.events
        name = str(key) if str(key) in given else key.task_id
        if name not in given:
            return None, False
        events = given[name] if isinstance(given[name], list) else [given[name]]
        number = self._sent.get((key, try_number), 0)
        self._sent[key, try_number] = number + 1
        return (events[number], True) if number < len(events) else (None, False)

    def _answer(self, instance: Any, key: TaskKey, session: Any) -> None:
        """As a human does who answers (core_api/routes/public/hitl.py 3.3.2, `update_hitl_detail`), or nobody."""
        answers = self._settled.given.answers
        answer = answers.get(str(key), answers.get(key.task_id))
        if answer is None:
            self._settled.clock.wait(_seconds(instance.trigger_timeout))
            instance.trigger_timeout = _LONG_AGO
            session.flush()
            _scheduler().check_awaiting_input_timeouts(session=session)
            session.refresh(instance)
            return
        asked = session.get(HITLDetail, instance.id)
        asked.responded_by = {"id": answer.by, "name": answer.by}
        asked.responded_at = timezone.utcnow()
        asked.chosen_options = list(answer.chosen)
        asked.params_input = dict(answer.params)
        handle_event_submit(TriggerEvent(asked.as_resume_event_payload()), task_instance=instance, session=session)

    def _come_back(self, instance: Any, session: Any) -> None:
        last = select(TaskReschedule.reschedule_date).where(TaskReschedule.ti_id == instance.id)
        date = session.scalars(last.order_by(TaskReschedule.id.desc())).first()
        self._settled.clock.wait((date - timezone.utcnow()).total_seconds())
        instance.state = "scheduled"


def _seconds(until: datetime | None) -> float:
    return UNBOUNDED if until is None else (until - timezone.utcnow()).total_seconds()


def _scheduler() -> Any:
    return SchedulerJobRunner(job=Job())
