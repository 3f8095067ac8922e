"""Applying changes to a description: the proof that a plan says all that a move does."""

from collections.abc import Iterable
from typing import Any

import msgspec

from airside.planning.changes import Changes, FieldChange, NeedChange, ParamChange, TaskChange, WorkflowChange
from airside.planning.comparing import renamed_upstream
from airside.planning.essence import essential
from airside.release.description import Description, Need, TaskDescription, WorkflowDescription, describe


def apply_changes(before: Description, changes: Changes) -> Description:
    """Return the workflows that `before` becomes, without the numbers of lines and the places of needs."""
    workflows = {workflow.id: workflow for workflow in essential(before).workflows}
    for workflow in changes.removed:
        del workflows[workflow.id]
    changed = [_changed_workflow(workflows.pop(change.was or change.id), change) for change in changes.changed]
    return describe([*workflows.values(), *changed, *changes.added])


def _changed_workflow(workflow: WorkflowDescription, change: WorkflowChange) -> WorkflowDescription:
    return msgspec.structs.replace(
        workflow,
        id=change.id,
        params=_changed_params(workflow.params, change.params),
        tasks=_changed_tasks(workflow.tasks, change),
        needs=_changed_needs(workflow.needs, change.needs),
        **_values(change.fields),
    )


def _changed_tasks(tasks: Iterable[TaskDescription], change: WorkflowChange) -> tuple[TaskDescription, ...]:
    names = {task.was: task.id for task in change.tasks_changed if task.was}
    removed = {task.id for task in change.tasks_removed}
    kept = {names.get(task.id, task.id): task for task in tasks if task.id not in removed}
    changes = {task.id: task for task in change.tasks_changed}
    stays = [_changed_task(task, changes.get(id_, TaskChange(id_)), names) for id_, task in kept.items()]
    return tuple(sorted([*stays, *change.tasks_added], key=lambda task: task.id))


def _changed_task(task: TaskDescription, change: TaskChange, names: dict[str, str]) -> TaskDescription:
    values = {"upstream": renamed_upstream(task.upstream, names), **_values(change.fields)}
    return msgspec.structs.replace(task, id=change.id, **values)


def _changed_params(params: dict[str, str], changes: Iterable[ParamChange]) -> dict[str, str]:
    merged = {**params, **{change.name: change.after for change in changes}}
    return {name: value for name, value in merged.items() if value is not None}


def _changed_needs(needs: Iterable[Need], changes: Iterable[NeedChange]) -> tuple[Need, ...]:
    gone = {change.before for change in changes}
    stays = [need for need in needs if need not in gone]
    came = [change.after for change in changes if change.after is not None]
    return tuple(sorted([*stays, *came], key=lambda need: (need.kind, need.name)))


def _values(changes: Iterable[FieldChange]) -> dict[str, Any]:
    return {change.name: change.after for change in changes}
