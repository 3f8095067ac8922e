"""What a task tells of itself while it runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from airflow.sdk.execution_time.comms import (
    AwaitInputTask,
    DeferTask,
    RescheduleTask,
    RetryTask,
    SetRenderedFields,
    SetRenderedMapIndex,
    SkipDownstreamTasks,
    SucceedTask,
    TaskState,
)

from airside.testing.outcome import TaskKey
from airside.testing.tasks.execution_api.comms import Answer


@dataclass(slots=True)
class Told:
    """What the task instance that runs has told.

    Attributes:
        skips: Task instances to skip; a task id alone is its instance that is not mapped (or not yet expanded:
            airflow/api_fastapi/execution_api/routes/task_instances.py 3.3.2, `ti_skip_downstream`).
        rendered: Its template fields.
        first_reschedule: When it was first started, of those that poke and come back.
    """

    skips: set[TaskKey] = field(default_factory=set)
    rendered: dict[str, Any] = field(default_factory=dict)
    first_reschedule: datetime | None = None


class Progress:
    """Notes what the task instance tells that runs now."""

    def __init__(self) -> None:
        self.told = Told()
        self.succeeded: Any = None

    def begin(self) -> Told:
        """Forget what the last one told."""
        self.told = Told()
        self.succeeded = None
        return self.told

    def answers(self) -> Mapping[type, Answer]:
        """Return what is answered, by message.

        Where a task ends, the task runner returns as well; nothing is done before it has run its callbacks.
        """
        ends = (TaskState, RetryTask, DeferTask, AwaitInputTask, RescheduleTask)
        return {
            **dict.fromkeys(ends, _nothing),
            SucceedTask: self._succeed,
            SkipDownstreamTasks: self._skip,
            SetRenderedFields: self._render,
            SetRenderedMapIndex: _nothing,
        }

    def _succeed(self, msg: Any) -> None:
        self.succeeded = msg

    def _skip(self, msg: Any) -> None:
        self.told.skips |= {TaskKey(told) if isinstance(told, str) else TaskKey(*told) for told in msg.tasks}

    def _render(self, msg: Any) -> None:
        self.told.rendered = dict(msg.rendered_fields)


def _nothing(_: Any) -> None:
    return None
