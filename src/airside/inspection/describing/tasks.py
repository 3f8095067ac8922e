"""The description of a task."""

from collections.abc import Iterable
from typing import Final, Literal

from airside.inspection.contract.asks import Reading
from airside.inspection.contract.objects import Anything, Task
from airside.inspection.contract.operators import asset_name
from airside.inspection.describing.fingerprints import fingerprint
from airside.inspection.describing.values import duration, module_name
from airside.release.description import TaskDescription

_DEFAULT_QUEUE: Final = "default"


def describe_task(task: Task, line: int | None, readings: Iterable[Reading]) -> TaskDescription:
    """Return the description of `task`, made at `line` of its workflow's file, with the functions `readings`."""
    cls = task.operator_class if task.is_mapped else type(task)
    return TaskDescription(
        id=task.task_id,
        operator=str(task.operator_name),
        module=module_name(cls.__module__),
        upstream=tuple(sorted(task.upstream_task_ids)),
        line=line,
        retries=int(task.retries or 0),
        retry_delay=duration(task.retry_delay),
        execution_timeout=duration(task.execution_timeout),
        pool=str(task.pool),
        pool_slots=int(task.pool_slots),
        queue=None if task.queue == _DEFAULT_QUEUE else task.queue,
        executor=task.executor,
        owner=str(task.owner),
        trigger_rule=str(getattr(task.trigger_rule, "value", task.trigger_rule)),
        depends_on_past=bool(task.depends_on_past),
        priority_weight=int(task.priority_weight),
        kind=_kind(task),
        mapped=bool(task.is_mapped),
        group=getattr(task.task_group, "group_id", None),
        inlets=_assets(task.inlets),
        outlets=_assets(task.outlets),
        fingerprint=fingerprint(task, readings),
    )


def _kind(task: Task) -> Literal["task", "setup", "teardown"]:
    return "setup" if task.is_setup else "teardown" if task.is_teardown else "task"


def _assets(values: Anything) -> tuple[str, ...]:
    return tuple(sorted({name for value in values or () if (name := asset_name(value)) is not None}))
