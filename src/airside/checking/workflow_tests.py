"""Which tests run which workflows, told from the files of the tests, without running anything."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

YAML: Final = (".yaml", ".yml")
_WHOLE: Final = ""
"""In place of the name of a test function: all of the file."""

_WORKFLOW = re.compile(r"""^workflow:[ \t]*["']?(?P<id>[\w.-]+)""", re.MULTILINE)
_ID = re.compile(r"[\w.-]+")
_DAG_RUN: Final = "dag_run"
_TASK_RUN: Final = "task_run"


class TestIndex:
    """The tests of a workspace, by the workflows that they run.

    A file of cases names its workflow. A file in Python is of the workflow that it is called after; the functions of
    any other one are of those that they hand to `dag_run` and `task_run`.

    Args:
        texts: The text of each file below the folder of tests, by its path in the workspace.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._runs = {path: _read(path, text) for path, text in texts.items() if is_test(path)}

    @property
    def files(self) -> frozenset[str]:
        """All files that hold tests."""
        return frozenset(self._runs)

    @property
    def named(self) -> frozenset[str]:
        """The workflows that tests name where they run them."""
        return frozenset(name for runs in self._runs.values() for name, nodes in runs.named.items() if nodes)

    @property
    def possible(self) -> frozenset[str]:
        """Names that may be of workflows: those, what files are called, and texts in files that hand on a variable."""
        return self.named | {name for runs in self._runs.values() for name in runs.possible}

    def of(self, workflow: str) -> tuple[str, ...]:
        """Return the tests that run a workflow, as pytest names them, sorted."""
        found: list[str] = []
        for path, runs in sorted(self._runs.items()):
            nodes = runs.named.get(workflow, set())
            is_whole = workflow in runs.possible or _WHOLE in nodes
            found += [path] if is_whole else [f"{path}::{node}" for node in sorted(nodes)]
        return tuple(found)


def is_test(path: str) -> bool:
    """Tell whether the file `path` of the folder of tests holds tests, by its name."""
    place = PurePosixPath(path)
    if place.suffix in YAML:
        is_case = ".airside" in place.suffixes or "functional" in place.parent.parts
        return is_case and "data" not in place.parent.parts and not place.name.startswith((".", "_"))
    return place.suffix == ".py" and (place.name.startswith("test_") or place.stem.endswith("_test"))


@dataclass(frozen=True, slots=True)
class _Runs:
    """What a file of tests runs.

    Attributes:
        named: By workflow: its test functions and classes that run it.
        possible: Workflows that all of it may be about.
    """

    named: Mapping[str, set[str]]
    possible: frozenset[str] = frozenset()


def _read(path: str, text: str) -> _Runs:
    name = PurePosixPath(path).name
    if path.endswith(YAML):
        said = _WORKFLOW.search(text)
        return _Runs({said["id"] if said else name.partition(".")[0]: {_WHOLE}})
    called = PurePosixPath(path).stem.removeprefix("test_").removesuffix("_test")
    try:
        module = ast.parse(text)
    except SyntaxError:  # pytest shows where; meanwhile it is of the workflow that it is called after
        return _Runs({}, frozenset({called}))
    calls = [(statement, call) for statement in module.body for call in _runs_of(statement)]
    named: defaultdict[str, set[str]] = defaultdict(set)
    for statement, call in calls:
        if (workflow := _handed(call)) is not None:
            named[workflow].add(_node(statement))
    hands_on = any(_handed(call) is None for _, call in calls)
    return _Runs(named, frozenset({called, *(_texts(module) if hands_on else ())}))


def _node(statement: ast.stmt) -> str:
    """Return the name of a test; what is no test is used by any in the file."""
    if isinstance(statement, ast.FunctionDef) and statement.name.startswith("test"):
        return statement.name
    return statement.name if isinstance(statement, ast.ClassDef) and statement.name.startswith("Test") else _WHOLE


def _runs_of(statement: ast.stmt) -> Iterator[ast.Call]:
    for node in ast.walk(statement):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in (_DAG_RUN, _TASK_RUN):
            yield node


def _handed(call: ast.Call) -> str | None:
    """Return the workflow that is written in a call; None where a variable, or an object, stands there."""
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    is_task = isinstance(call.func, ast.Name) and call.func.id == _TASK_RUN and "workflow" not in keywords
    value = keywords.get("workflow") or (call.args[0] if call.args else None)
    if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
        return None
    return value.value.partition(".")[0] if is_task else value.value


def _texts(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _ID.fullmatch(node.value):
            yield node.value
