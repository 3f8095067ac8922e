"""Comparing the workflows of two releases."""

from collections.abc import Iterable, Mapping
from itertools import filterfalse
from typing import Final

from airside.planning.changes import Changes, FieldChange, NeedChange, ParamChange, TaskChange, WorkflowChange
from airside.planning.essence import essential_workflow
from airside.planning.renames import renamed_tasks, renamed_workflows
from airside.release.description import Description, Need, TaskDescription, WorkflowDescription

WORKFLOW_FIELDS: Final = tuple(
    name for name in WorkflowDescription.__struct_fields__ if name not in {"id", "line", "params", "tasks", "needs"}
)
"""The attributes of a workflow that are compared as a whole."""

TASK_FIELDS: Final = tuple(name for name in TaskDescription.__struct_fields__ if name not in {"id", "line"})
"""The attributes of a task that are compared as a whole."""


def compare(before: Description, after: Description) -> Changes:
    """Return what turns the workflows of `before` into those of `after`. A shift of lines is none."""
    old = {workflow.id: workflow for workflow in before.workflows}
    new = {workflow.id: workflow for workflow in after.workflows}
    gone = [essential_workflow(old[id_]) for id_ in sorted(old.keys() - new.keys())]
    came = [essential_workflow(new[id_]) for id_ in sorted(new.keys() - old.keys())]
    names = renamed_workflows(gone, came)
    kept = [(id_, id_) for id_ in old.keys() & new.keys() if old[id_] != new[id_]]
    changes = [compare_workflow(old[was], new[is_]) for was, is_ in (*kept, *names.items())]
    successors = set(names.values())
    return Changes(
        added=tuple(workflow for workflow in came if workflow.id not in successors),
        removed=tuple(workflow for workflow in gone if workflow.id not in names),
        changed=tuple(sorted(filterfalse(_is_empty, changes), key=lambda change: change.id)),
    )


def compare_workflow(before: WorkflowDescription, after: WorkflowDescription) -> WorkflowChange:
    """Return what turns one workflow into the other."""
    before, after = essential_workflow(before), essential_workflow(after)
    old, new = _by_id(before.tasks), _by_id(after.tasks)
    gone = [task for id_, task in old.items() if id_ not in new]
    came = [task for id_, task in new.items() if id_ not in old]
    names = renamed_tasks(gone, came)
    successors = set(names.values())
    kept = [*((id_, id_) for id_ in old if id_ in new), *names.items()]
    changed = [_compare_task(old[was], new[is_], names) for was, is_ in kept]
    return WorkflowChange(
        id=after.id,
        was=before.id if before.id != after.id else None,
        fields=_compare_fields(before, after, WORKFLOW_FIELDS),
        params=_compare_params(before.params, after.params),
        tasks_added=tuple(task for task in came if task.id not in successors),
        tasks_removed=tuple(task for task in gone if task.id not in names),
        tasks_changed=tuple(sorted((task for task in changed if task), key=lambda task: task.id)),
        needs=_compare_needs(before.needs, after.needs),
    )


def renamed_upstream(upstream: Iterable[str], names: Mapping[str, str]) -> tuple[str, ...]:
    """Return the ids as they are after the renaming."""
    return tuple(sorted({names.get(id_, id_) for id_ in upstream}))


def _compare_task(before: TaskDescription, after: TaskDescription, names: Mapping[str, str]) -> TaskChange | None:
    if before == after:
        return None
    fields = _compare_fields(before, after, TASK_FIELDS)
    if renamed_upstream(before.upstream, names) == after.upstream:
        fields = tuple(change for change in fields if change.name != "upstream")
    was = before.id if before.id != after.id else None
    return TaskChange(after.id, was, fields) if fields or was else None


def _compare_fields(before: object, after: object, names: Iterable[str]) -> tuple[FieldChange, ...]:
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in names)
    return tuple(FieldChange(name, old, new) for name, old, new in pairs if old != new)


def _compare_params(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[ParamChange, ...]:
    names = sorted(before.keys() | after.keys())
    pairs = ((name, before.get(name), after.get(name)) for name in names)
    return tuple(ParamChange(name, old, new) for name, old, new in pairs if old != new)


def _compare_needs(before: Iterable[Need], after: Iterable[Need]) -> tuple[NeedChange, ...]:
    old = {(need.kind, need.name): need for need in before}
    new = {(need.kind, need.name): need for need in after}
    pairs = ((old.get(key), new.get(key)) for key in sorted(old.keys() | new.keys()))
    return tuple(NeedChange(was, is_) for was, is_ in pairs if was != is_)


def _by_id(tasks: Iterable[TaskDescription]) -> dict[str, TaskDescription]:
    return {task.id: task for task in tasks}


def _is_empty(change: WorkflowChange) -> bool:
    return change.is_empty
