"""Which tests `airside test` is to run: those of workflows, of files, or of what has changed."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from airside.base.errors import UsageError
from airside.base.suggestions import suggestion
from airside.checking.changed_tests import changed_tests, read_tests
from airside.checking.changes import changed_files
from airside.checking.testing import TESTS
from airside.checking.workflow_tests import TestIndex
from airside.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the arguments choose.

    Attributes:
        tests: As pytest names them, relative to the workspace; None: all.
        workflows: Those that are named.
    """

    tests: tuple[str, ...] | None = None
    workflows: tuple[str, ...] = ()


def choose(workspace: Workspace, names: Sequence[str], *, changed: bool, since: str | None = None) -> Chosen:
    """Return the tests that the arguments of `airside test` choose.

    Args:
        workspace: The workspace.
        names: Workflows, and files, folders and tests as pytest names them.
        changed: Those that a change affects.
        since: Which change: all since this branch left that one; None: since the last commit.

    Raises:
        UsageError: They do not go together, nothing is there of that name, or there is no git to ask.
    """
    if changed or since is not None:
        if names:
            raise UsageError(
                "Workflows and --changed exclude each other", hint="Name some, or let git say what changed."
            )
        return Chosen(changed_tests(workspace, changed_files(workspace, since)))
    if not names:
        return Chosen()
    index, tests, workflows = read_tests(workspace), list[str](), list[str]()
    for name in names:
        found = index.of(name)
        if found:
            workflows.append(name)
        tests += found or [_at(workspace, index, name)]
    return Chosen(tuple(dict.fromkeys(tests)), tuple(workflows))


def _at(workspace: Workspace, index: TestIndex, name: str) -> str:
    """Return how pytest, in the workspace, names a file, a folder or a test that the user names."""
    path, separator, node = name.partition("::")
    places = [Path(os.path.abspath(base / path)) for base in (Path.cwd(), workspace.root)]  # noqa: PTH100 - a link stays one
    place = next((place for place in places if place.exists()), None)
    if place is None:
        known = sorted(index.possible)
        raise UsageError(
            f"No test runs a workflow {name!r}, and there is no such file{suggestion(name, known)}",
            hint=f"Write {TESTS}/functional/{name}.yaml; `airside test --record {name}` drafts it."
            if name.replace("_", "").replace(".", "").isalnum()
            else "Name a workflow, or a file by its path from here.",
        )
    if not place.is_relative_to(workspace.root):
        raise UsageError(f"{path} is outside the workspace {workspace.root}", hint="Name the workspace with -C.")
    return f"{place.relative_to(workspace.root).as_posix()}{separator}{node}"
