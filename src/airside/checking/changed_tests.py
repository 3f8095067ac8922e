"""Which tests a change affects: those that changed, that use what changed, or that run a workflow that does."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Final

from airside.checking.dependents import Dependents
from airside.checking.selection import may_define_workflows
from airside.checking.sources import read_sources
from airside.checking.testing import TESTS
from airside.checking.workflow_tests import TestIndex
from airside.workspace.settings import SETTINGS_FILE
from airside.workspace.workspace import Workspace

_FOR_ALL: Final = frozenset(
    {SETTINGS_FILE, "requirements.txt", "requirements.lock", "pyproject.toml", "pytest.ini", "tox.ini", "setup.cfg"}
)
_FIXTURES: Final = "conftest.py"


def read_tests(workspace: Workspace) -> TestIndex:
    """Return the tests of a workspace by the workflows that they run."""
    return TestIndex(_texts(workspace, (TESTS,)))


def changed_tests(workspace: Workspace, changed: Iterable[str]) -> tuple[str, ...] | None:
    """Return the tests that a change affects, as pytest names them, sorted; None where that is all of them.

    It errs on one side: a test may be among them though nothing changes for it.

    Args:
        workspace: The workspace.
        changed: Paths relative to it; a file of them may be gone.
    """
    paths = set(changed)
    if paths & (_FOR_ALL | {f"{TESTS}/{_FIXTURES}", _FIXTURES}):
        return None
    texts = _texts(workspace, (*workspace.settings.workspace.entries, TESTS))
    index = TestIndex({path: text for path, text in texts.items() if path.startswith(f"{TESTS}/")})
    # Nothing uses a case: what its text has in common with other files says nothing.
    cases = {path: texts[path] for path in index.files if not path.endswith(".py")}
    code = {path: text for path, text in texts.items() if path not in cases}
    touched = Dependents(code, {}).of(paths - cases.keys())
    touched |= {path for path, text in cases.items() if path in paths or _reads(text, touched)}
    found = {path for path in index.files if path in touched or _has_fixtures_of(path, touched)}
    for workflow in _workflows(index, workspace.settings.workspace.dags, texts, touched):
        found.update(index.of(workflow))
    return tuple(sorted(test for test in found if test.partition("::")[0] not in found - {test}))


def _texts(workspace: Workspace, entries: Iterable[str]) -> dict[str, str]:
    sources = read_sources(workspace.root, entries)
    return {path: content.decode(errors="replace") for path, content in sources.items()}


def _reads(text: str, touched: Iterable[str]) -> bool:
    return any(PurePosixPath(path).name in text for path in touched if path.startswith(f"{TESTS}/"))


def _has_fixtures_of(path: str, touched: Collection[str]) -> bool:
    return any((folder / _FIXTURES).as_posix() in touched for folder in PurePosixPath(path).parents)


def _workflows(index: TestIndex, dags: str, texts: Mapping[str, str], touched: Collection[str]) -> Iterator[str]:
    """Yield the workflows that tests run and that a DAG file among `touched` may define."""
    files = {path: text for path, text in texts.items() if may_define_workflows(path, dags)}
    changed = {path for path in touched if may_define_workflows(path, dags)}
    if not changed:
        return
    for workflow in index.possible:
        defining = {path for path, text in files.items() if _names(path, text, workflow)}
        # An id that is in no file is made up while one is read: it can be of any.
        if defining & changed or (not defining and workflow in index.named):
            yield workflow


def _names(path: str, text: str, workflow: str) -> bool:
    return PurePosixPath(path).stem == workflow or re.search(rf"\b{re.escape(workflow)}\b", text) is not None
