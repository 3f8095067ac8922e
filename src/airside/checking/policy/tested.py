"""Whether a workflow has a test."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from airside.checking.policy.rule import Demand, Fault
from airside.release.description import WorkflowDescription
from airside.workspace.policy_rules import RuleSettings

_SUFFIXES = frozenset({".py", ".yaml", ".yml"})


def read_tests(workspace: Path) -> str:
    """Return the text of all tests of the workspace; a file of cases is of the workflow that it is called after."""
    files = sorted(path for path in (workspace / "tests").rglob("*") if path.suffix in _SUFFIXES and path.is_file())
    return "\n".join(f"{_called(path)}\n{path.read_text(errors='replace')}" for path in files)


def test_exists(read: Callable[[], str]) -> Demand:
    """Return the rule that a test mentions the id of a workflow; `read`, called once at most, gives their text."""
    texts: list[str] = []

    def demand(workflow: WorkflowDescription, _rule: RuleSettings) -> Iterator[Fault]:
        if not texts:
            texts.append(read())
        if not _mentions(texts[0], workflow.id):
            yield Fault(
                f"Workflow {workflow.id!r} has no test: no file in `tests` mentions it",
                f"Write one: tests/test_{workflow.id}.py",
            )

    return demand


def _called(path: Path) -> str:
    return "" if path.suffix == ".py" else path.name.partition(".")[0]


def _mentions(text: str, name: str) -> bool:
    # The id of another workflow may begin or end with this one's. `in` is a hundred times faster than the expression.
    return name in text and re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text) is not None
