"""All that the workflows of a file need: what their descriptions say, and what was asked for during the import."""

from collections.abc import Iterable
from typing import Final

from airside.inspection.facts import EventKind, FileFacts
from airside.release.description import Need, NeedKind, WorkflowDescription

_ASKED: Final[dict[EventKind, NeedKind]] = {"variable": "variable", "connection": "connection"}


def needs_of(facts: FileFacts) -> dict[str, tuple[Need, ...]]:
    """Return the needs of each workflow of a file by its id; what the import asks for, each of them needs."""
    asked = import_needs(facts)
    return {found.description.id: _once((*asked, *found.description.needs)) for found in facts.workflows}


def import_needs(facts: FileFacts) -> tuple[Need, ...]:
    """Return what the import of the file asked for."""
    return _once(
        Need(
            kind=_ASKED[event.kind],
            name=event.detail,
            optional=event.answer == "default",
            file=event.file or facts.file,
            line=event.line if event.file else None,
        )
        for event in facts.events
        if event.kind in _ASKED
    )


def descriptions_of(facts: Iterable[FileFacts]) -> tuple[WorkflowDescription, ...]:
    """Return the descriptions of all workflows in the facts."""
    return tuple(found.description for file in facts for found in file.workflows)


def line_of(task: str | None, workflow: WorkflowDescription) -> int | None:
    """Return the line, in the file of the workflow, of one of its tasks, or else of itself."""
    lines = {described.id: described.line for described in workflow.tasks}
    return lines.get(task or "") or workflow.line


def _once(needs: Iterable[Need]) -> tuple[Need, ...]:
    return tuple(dict.fromkeys(needs))
