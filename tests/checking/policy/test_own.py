"""The rules that a team writes itself, run in a process of their own."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from airside.base.errors import FindingsError, WorkspaceError
from airside.checking.findings import Finding
from airside.checking.policy.own import OwnRules, own_findings, read_own_rules
from airside.checking.policy.severities import severities
from airside.release.description import TaskDescription, WorkflowDescription
from airside.workspace.policy_settings import PolicySettings

_RUN = """
import sys
from pathlib import Path
from airside.inspection.policies import run_policies
sys.stdout.buffer.write(run_policies(Path(), sys.stdin.buffer.read()))
"""
ORDERS = WorkflowDescription(
    id="orders",
    file="dags/orders.py",
    line=3,
    tasks=(
        TaskDescription(id="load_a", operator="SQLExecuteQueryOperator", line=7, owner="sales"),
        TaskDescription(id="load_b", operator="SQLExecuteQueryOperator", line=9),
    ),
)
EMPTY = WorkflowDescription(id="empty", file="dags/legacy/empty.py", line=1)


def _run(payload: bytes) -> bytes:
    return subprocess.run([sys.executable, "-c", _RUN], input=payload, capture_output=True, check=True).stdout


def _policies(root: Path, **files: str) -> OwnRules:
    for name, text in files.items():
        path = root / "policies" / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(dedent(text))
    return read_own_rules(root)


def _found(
    own: OwnRules, policy: Mapping[str, object] | None = None, run: Callable[[bytes], bytes] = _run
) -> tuple[Finding, ...]:
    graded = severities(PolicySettings.model_validate(policy or {}), own.ids)
    return own_findings(own, [EMPTY, ORDERS], graded, run)


OWNED = '''
    """Rules of the warehouse team."""

    from policies._shared import loads


    def loads_have_owner(workflow):
        """A task that loads names its owner.

        More words.
        """
        for task in loads(workflow):
            if not task.owner:
                yield task.id, f"Task {task.id!r} loads, and has no owner"


    def has_tasks(workflow):
        if not workflow.tasks:
            return f"Workflow {workflow.id!r} has no tasks"


    def second_line(workflow):
        return [(2, "a line"), "the workflow"] if workflow.tasks else []
'''
SHARED = """
    def loads(workflow):
        return [task for task in workflow.tasks if task.id.startswith("load")]
"""


def test_a_function_is_a_rule_with_its_name_and_the_first_line_of_its_docstring(tmp_path: Path) -> None:
    own = _policies(tmp_path, warehouse=OWNED, _shared=SHARED)
    assert [(rule.id, rule.file, rule.summary) for rule in own.rules] == [
        ("loads-have-owner", "policies/warehouse.py", "A task that loads names its owner."),
        ("has-tasks", "policies/warehouse.py", ""),
        ("second-line", "policies/warehouse.py", ""),
    ]


def test_what_a_rule_says_is_a_finding_at_its_task_its_line_or_the_workflow(tmp_path: Path) -> None:
    found = _found(_policies(tmp_path, warehouse=OWNED, _shared=SHARED))
    assert [(f.rule, f.place, f.message, f.workflow, f.task) for f in found] == [
        ("loads-have-owner", "dags/orders.py:9", "Task 'load_b' loads, and has no owner", "orders", "load_b"),
        ("has-tasks", "dags/legacy/empty.py:1", "Workflow 'empty' has no tasks", "empty", None),
        ("second-line", "dags/orders.py:2", "a line", "orders", None),
        ("second-line", "dags/orders.py:3", "the workflow", "orders", None),
    ]
    assert {f.severity for f in found} == {"error"}
    assert found[0].fix == "A task that loads names its owner."


def test_policy_makes_it_a_warning_or_turns_it_off(tmp_path: Path) -> None:
    own = _policies(tmp_path, warehouse=OWNED, _shared=SHARED)
    override = {"paths": ["dags/legacy"], "rules": {"has-tasks": "off"}, "reason": "old"}
    policy = {"second-line": "off", "loads-have-owner": "warning", "overrides": [override]}
    assert [(f.rule, f.severity) for f in _found(own, policy)] == [("loads-have-owner", "warning")]


BROKEN = """
    def fails(workflow):
        yield "before"
        raise KeyError(workflow.id)

    def gives_a_number(workflow):
        return 3

    def gives_numbers(workflow):
        return [3]

    def names_no_task(workflow):
        return [("lod", "text")]

    def takes_two(workflow, other):
        return []

    def leaves(workflow):
        raise SystemExit(1)

    def works(workflow):
        return "after" if workflow.tasks else None
"""


FAILED = "failed on workflow 'empty'"


def test_a_rule_that_fails_is_one_finding_at_its_line_and_the_others_go_on(tmp_path: Path) -> None:
    found = _found(_policies(tmp_path, broken=BROKEN, worse="import nothing_like_it\n", worst="\n\ndef f(:\n"))
    errors = [(f.line, f.message) for f in found if f.rule == "policy-error" and f.file == "policies/broken.py"]
    wanted = "a rule gives texts, or"
    assert errors == [
        (4, f"Rule fails {FAILED}: KeyError: 'empty'"),
        (6, f"Rule gives-a-number {FAILED}: TypeError: it gave 3: {wanted} nothing"),
        (9, f"Rule gives-numbers {FAILED}: TypeError: it gave 3: {wanted} pairs of a task's id (or a line) and a text"),
        (12, f"Rule names-no-task {FAILED}: ValueError: it named the task 'lod', which the workflow does not have"),
        (15, f"Rule takes-two {FAILED}: TypeError: takes_two() missing 1 required positional argument: 'other'"),
        (19, f"Rule leaves {FAILED}: SystemExit: 1"),
    ]
    assert [f.message for f in found if f.rule == "works"] == ["after"]
    assert [f.message for f in found if f.rule == "fails"] == ["before", "before"]
    assert [(f.place, f.message[:40]) for f in found if "wors" in f.file] == [
        ("policies/worse.py:1", "policies/worse.py cannot be imported: Mo"),
        ("policies/worst.py:3", "policies/worst.py cannot be imported: Sy"),
    ]


def test_a_rule_that_is_off_is_not_run(tmp_path: Path) -> None:
    own = _policies(tmp_path, broken="def fails(workflow):\n    raise ValueError\n")
    assert [f.rule for f in _found(own)] == ["policy-error"]
    assert _found(own, {"fails": "off"}) == ()


@pytest.mark.parametrize(
    ("said", "place"),
    [("", "policies/warehouse.py"), ("""\n  File "{root}/policies/b.py", line 7, in x""", "policies/b.py:7")],
)
def test_rules_that_end_their_process_are_a_finding(tmp_path: Path, said: str, place: str) -> None:
    def killed(_payload: bytes) -> bytes:
        raise FindingsError(f"The work `policies` failed: it took long{said.format(root=tmp_path)}")

    found = _found(_policies(tmp_path, warehouse=OWNED), run=killed)
    assert [(f.rule, f.place, f.message) for f in found] == [("policy-error", place, "The rules failed: it took long")]


def test_a_file_for_another_python_still_has_its_rules(tmp_path: Path) -> None:
    own = _policies(tmp_path, new="def one(workflow):\n    match x:\n        case (:\n\n\ndef Two_b(workflow): pass\n")
    assert [(rule.id, rule.line) for rule in own.rules] == [("one", 1), ("two-b", 6)]


@pytest.mark.parametrize("other", ["def owner(workflow): ...", "def twice(w): ...\ndef twice(w): ..."])
def test_two_rules_have_no_name_in_common(tmp_path: Path, other: str) -> None:
    with pytest.raises(WorkspaceError, match=r"policies/other\.py:1: there is a rule (owner|twice) already"):
        _policies(tmp_path, other=other)


def test_without_the_folder_nothing_is_run(tmp_path: Path) -> None:
    def never(_payload: bytes) -> bytes:
        raise AssertionError

    assert _found(read_own_rules(tmp_path), run=never) == ()
