"""The consequences of a move, asked of the Airflow that tracks the environment."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from airside.base.errors import AirsideError, PlatformError, UsageError
from airside.cli.airflows import live_reader
from airside.cli.context import Context
from airside.cli.patience import within
from airside.planning.consequences import Consequences
from airside.planning.foreseeing import foresee, unreachable
from airside.planning.scope import due_request, scope_of

if TYPE_CHECKING:
    from airside.inspection.facts import DueRequest
    from airside.planning.live import LiveState
    from airside.planning.scope import Scope
    from airside.release.description import Description

_PATIENCE = 8.0
"""Seconds for all questions together. A healthy Airflow answers them within one; whoever rolls back has no more."""

Count = Callable[["DueRequest"], Mapping[str, int | None]]
"""What counts the runs that are due: `airside.checking.due.count_due` with an inspector and a folder."""


def foreseen(
    context: Context,
    environment: str,
    before: "Description | None",
    after: "Description",
    count: Count | None = None,
) -> Consequences:
    """Return what moving `environment` from `before`, None for its first release, to `after` does to its Airflow.

    That Airflow does not answer, or that none is known here, is an answer too: nothing fails because of it.

    Args:
        context: Whose workspace and store they are.
        environment: What moves.
        before: The workflows of the release that is served.
        after: Those of the release that will be.
        count: Counts the runs that are due; None starts the Python of the workspace for it. It is not called where no
            run can start.
    """
    scope = scope_of(before, after)
    try:
        reader = live_reader(context, environment)
        live = within(_PATIENCE, partial(reader.read, scope)) if reader else None
    except PlatformError as error:
        return unreachable(error.message)
    except UsageError as error:
        return unreachable(f"{error.message}. {error.hint}".rstrip("."))
    if live is None:
        return unreachable(f"no Airflow that is known here tracks {environment!r}")
    return foresee(
        before,
        after,
        live,
        due=_due(scope, after, live, context, count),
        renamed=_renamed(before, after),
        releases=_releases(context, environment, {run.tree for run in live.runs if run.tree}),
    )


def _due(
    scope: "Scope", after: "Description", live: "LiveState", context: Context, count: Count | None
) -> Mapping[str, int | None]:
    request = due_request(scope, after, live)
    if not request.questions:
        return {}
    try:
        return count(request) if count else _count(context, request)
    except AirsideError as error:
        context.output.progress(f"How many runs will start at once cannot be told: {error.message}")
        return {}


def _count(context: Context, request: "DueRequest") -> Mapping[str, int | None]:
    from tempfile import TemporaryDirectory

    from airside.checking.due import count_due
    from airside.cli.checking import open_inspector

    with TemporaryDirectory() as root, open_inspector(context, context.workspace) as inspector:
        return count_due(inspector, Path(root), request)


def _renamed(before: "Description | None", after: "Description") -> Mapping[str, str]:
    from airside.planning.renames import renamed_workflows

    old = {workflow.id: workflow for workflow in before.workflows} if before else {}
    new = {workflow.id: workflow for workflow in after.workflows}
    gone = [workflow for name, workflow in old.items() if name not in new]
    return renamed_workflows(gone, [workflow for name, workflow in new.items() if name not in old])


def _releases(context: Context, environment: str, trees: set[str]) -> Mapping[str, str]:
    """Return the releases of these trees, each the last that the environment served; the history is read until then."""
    from airside.delivery.environments import read_current, read_history

    found: dict[str, str] = {}
    if not trees or read_current(context.store, environment) is None:
        return found
    for entry in read_history(context.store, environment):
        found.setdefault(str(entry.pointer.tree), entry.pointer.release)
        if trees <= found.keys():
            break
    return found
