"""What a plan compares of a description: all but the numbers of lines and the places where something is needed."""

from collections.abc import Iterable
from itertools import groupby

import msgspec

from airside.release.description import Description, Need, TaskDescription, WorkflowDescription, describe

_SUREST = ("exact", "likely", "dynamic")


def essential(description: Description) -> Description:
    """Return the description without what says only where something stands."""
    return describe([essential_workflow(workflow) for workflow in description.workflows])


def essential_workflow(workflow: WorkflowDescription) -> WorkflowDescription:
    """Return the workflow without what says only where something stands."""
    tasks = sorted(map(_essential_task, workflow.tasks), key=lambda task: task.id)
    return msgspec.structs.replace(workflow, line=None, tasks=tuple(tasks), needs=essential_needs(workflow.needs))


def essential_needs(needs: Iterable[Need]) -> tuple[Need, ...]:
    """Return one need for each kind and name: as sure as the surest, and optional where all are."""
    ordered = sorted(needs, key=_what)
    return tuple(_together(list(same)) for _, same in groupby(ordered, key=_what))


def _together(needs: list[Need]) -> Need:
    certainty = min((need.certainty for need in needs), key=_SUREST.index)
    optional = all(need.optional for need in needs)
    return Need(kind=needs[0].kind, name=needs[0].name, certainty=certainty, optional=optional)


def _what(need: Need) -> tuple[str, str]:
    return (need.kind, need.name)


def _essential_task(task: TaskDescription) -> TaskDescription:
    return task if task.line is None else msgspec.structs.replace(task, line=None)
