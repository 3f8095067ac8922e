"""The import findings, from facts as the inspection reports them."""

import pytest

from airside.checking.findings import Finding
from airside.checking.imported.findings import import_findings
from airside.inspection.facts import Event, EventKind, Failure, FileFacts, Instability, WorkflowFacts
from airside.release.description import TaskDescription, WorkflowDescription

TASKS = (TaskDescription(id="load", operator="BashOperator"),)
ROOT = "/srv/sales flows/.airside/dev"
HEAD = f"""\
Traceback (most recent call last):
  File "/opt/airflow/dag_processing/importers/python_importer.py", line 238, in parse
    loader.exec_module(new_module)
  File "<frozen importlib._bootstrap_external>", line 940, in exec_module
  File "{ROOT}/dags/orders.py", line 4, in <module>
    from lib import shop
"""
RAISED = f"""\
{HEAD}  File "{ROOT}/lib/shop.py", line 3, in <module>
    json.loads("{{")
  File "/usr/lib/python3.11/json/__init__.py", line 346, in loads
    return _default_decoder.decode(s)
json.decoder.JSONDecodeError: Expecting property name
"""
SYNTAX = f"""\
Traceback (most recent call last):
  File "<frozen importlib._bootstrap>", line 241, in _call_with_frames_removed
  File "{ROOT}/dags/orders.py", line 3
    x = = 3
        ^
SyntaxError: invalid syntax
"""


def _workflow(id_: str = "orders", file: str = "dags/orders.py", line: int | None = 7) -> WorkflowFacts:
    return WorkflowFacts(description=WorkflowDescription(id=id_, file=file, line=line, tasks=TASKS))


def _file(file: str = "dags/orders.py", *ids: str) -> FileFacts:
    return FileFacts(file=file, workflows=tuple(_workflow(id_, file) for id_ in ids or ("orders",)))


def _failed(traceback: str, message: str = "", kind: str = "exception", source: bytes = b"") -> Finding:
    failure = Failure(kind=kind, message=message, traceback=traceback)  # type: ignore[arg-type]
    facts = FileFacts(file="dags/orders.py", failures=(failure,))
    (found,) = import_findings([facts], complete=True, sources={"dags/orders.py": source})
    return found


def _found(*facts: FileFacts, complete: bool = True) -> list[tuple[str, str, str]]:
    return [(found.rule, found.severity, found.place) for found in import_findings(facts, complete=complete)]


def test_a_file_with_a_workflow_is_fine() -> None:
    assert _found(_file()) == []


def test_an_exception_is_an_error_at_the_line_of_the_dag_file_and_names_the_helper_that_raised_it() -> None:
    found = _failed(RAISED)
    assert (found.rule, found.severity, found.place) == ("import-error", "error", "dags/orders.py:4")
    assert found.message == "json.decoder.JSONDecodeError: Expecting property name (lib/shop.py, line 3)"


def test_the_traceback_may_name_files_by_their_paths_in_the_tree() -> None:
    assert _failed(RAISED.replace(f"{ROOT}/", "")) == _failed(RAISED)


def test_a_module_that_is_not_there_comes_with_what_to_do() -> None:
    found = _failed(f"{HEAD}ModuleNotFoundError: No module named 'shop'\n")
    assert found.message == "ModuleNotFoundError: No module named 'shop'"
    assert found.fix is not None
    assert "requirements.txt" in found.fix


def test_a_failure_after_a_made_up_answer_says_so_and_how_to_give_the_real_one() -> None:
    asked = Event(kind="variable", detail="rows", file="dags/orders.py", line=2, answer="placeholder")
    failure = Failure(kind="exception", message="AssertionError (the variable `rows` …)", traceback=RAISED)
    facts = FileFacts(file="dags/orders.py", failures=(failure,), events=(asked,))
    (error,) = (found for found in import_findings([facts], complete=True) if found.rule == "import-error")
    assert error.message == "AssertionError (the variable `rows` …)"
    assert "AIRFLOW_VAR_ROWS" in (error.fix or "")


@pytest.mark.parametrize(("source", "column"), [(b"a\nif a:\n    x = = 3\n", 9), (b"a\nb\nx = = 3\n", 5)])
def test_a_syntax_error_is_told_with_its_line_and_column(source: bytes, column: int) -> None:
    found = _failed(SYNTAX, source=source)
    assert (found.place, found.message) == (f"dags/orders.py:3:{column}", "SyntaxError: invalid syntax")


def test_what_airflow_refuses_after_the_import_is_told_at_the_only_workflow_of_the_file() -> None:
    source = b"from airflow.sdk import DAG\nwith DAG('a', schedule='x * *'):\n    pass\n"
    assert _failed("", "AirflowTimetableInvalid: 5 columns", source=source).place == "dags/orders.py:2"
    assert _failed("", "AirflowTimetableInvalid: 5 columns", source=source * 2).place == "dags/orders.py"


@pytest.mark.parametrize("kind", ["timeout", "crash", "memory"])
def test_a_process_that_did_not_survive_is_an_error_where_it_was(kind: str) -> None:
    traceback = f'Traceback (most recent call last):\n  File "{ROOT}/dags/orders.py", line 9, in <module>\n'
    found = _failed(traceback, "it was not done after 30 s", kind)
    assert (found.rule, found.severity, found.place) == (f"import-{kind}", "error", "dags/orders.py:9")
    assert "it was not done after 30 s" in found.message
    assert _failed("", "it ended", kind).place == "dags/orders.py"


def test_the_limit_of_airflow_itself_is_a_timeout_too() -> None:
    said = f"AirflowTaskTimeout: DagBag import timeout for {ROOT}/dags/orders.py after 30.0s.\n"
    found = _failed(HEAD + said)
    assert (found.rule, found.line) == ("import-timeout", 4)
    assert "30.0 s" in found.message


@pytest.mark.parametrize(
    ("kind", "severity"),
    [
        ("network", "error"),
        ("process", "warning"),
        ("write", "warning"),
        ("read", "warning"),
        ("database", "warning"),
        ("sleep", "warning"),
        ("variable", "warning"),
        ("connection", "warning"),
    ],
)
def test_what_belongs_into_a_task_is_told_where_it_is_done(kind: EventKind, severity: str) -> None:
    event = Event(kind=kind, detail="thing", file="lib/shop.py", line=3, denied=True)
    facts = FileFacts(file="dags/orders.py", workflows=(_workflow(),), events=(event,))
    (found,) = import_findings([facts], complete=True)
    assert (found.rule, found.severity, found.place) == (f"{kind}-at-import", severity, "lib/shop.py:3")
    assert "thing" in found.message


def test_what_a_helper_does_in_the_import_of_two_files_is_one_finding() -> None:
    event = Event(kind="sleep", detail="1 s", file="lib/shop.py", line=3)
    facts = [
        FileFacts(file=file, workflows=(_workflow(file, file),), events=(event,)) for file in ("dags/a.py", "dags/b.py")
    ]
    assert len(set(import_findings(facts, complete=True))) == 1


def test_a_network_that_was_allowed_is_a_warning() -> None:
    event = Event(kind="network", detail="db:5432", file=None, line=3, denied=False)
    assert _found(FileFacts(file="dags/orders.py", workflows=(_workflow(),), events=(event,))) == [
        ("network-at-import", "warning", "dags/orders.py")
    ]


def test_a_workflow_that_changes_between_imports_is_one_error_that_says_what_changes() -> None:
    unstable = tuple(Instability(workflow="orders", what=what) for what in ("start_date", "tasks.load"))
    facts = FileFacts(file="dags/orders.py", workflows=(_workflow(),), unstable=unstable)
    (found,) = import_findings([facts], complete=False)
    assert (found.rule, found.severity, found.place) == ("unstable-workflow", "error", "dags/orders.py:7")
    assert "start_date, tasks.load" in found.message


@pytest.mark.parametrize(("printed", "seconds", "rules"), [(65536, 1.0, []), (65537, 1.01, ["output", "slow"])])
def test_much_output_and_a_slow_import_are_warnings(printed: int, seconds: float, rules: list[str]) -> None:
    facts = FileFacts(file="dags/orders.py", workflows=(_workflow(),), printed=printed, seconds=seconds)
    assert _found(facts) == [(f"import-{rule}", "warning", "dags/orders.py") for rule in rules]


def test_every_further_place_of_a_workflow_id_is_an_error_that_names_the_first() -> None:
    found = list(import_findings([_file("dags/c.py"), _file("dags/a.py"), _file("dags/b.py")], complete=False))
    assert [(f.rule, f.place) for f in found] == [
        ("duplicate-workflow", "dags/b.py:7"),
        ("duplicate-workflow", "dags/c.py:7"),
    ]
    assert all("dags/a.py:7" in f.message for f in found)


def test_a_workflow_id_that_one_file_defines_twice_is_an_error_at_the_second() -> None:
    facts = FileFacts(file="dags/orders.py", workflows=(_workflow(line=12), _workflow(line=3)))
    (found,) = import_findings([facts], complete=False)
    assert (found.rule, found.line) == ("duplicate-workflow", 12)
    assert "line 3" in found.message


def test_an_id_that_another_environment_of_the_same_airflow_uses_is_an_error() -> None:
    (found,) = import_findings([_file()], complete=False, taken={"orders": "preprod", "other": "preprod"})
    assert (found.rule, found.severity, found.line) == ("foreign-workflow", "error", 7)
    assert "'preprod'" in found.message


def test_a_workflow_without_tasks_is_a_warning() -> None:
    empty = WorkflowFacts(description=WorkflowDescription(id="orders", file="dags/orders.py", line=2))
    assert _found(FileFacts(file="dags/orders.py", workflows=(empty,))) == [
        ("empty-workflow", "warning", "dags/orders.py:2")
    ]


def test_a_file_without_a_workflow_is_a_warning_unless_it_is_a_module_of_another() -> None:
    nothing = FileFacts(file="dags/helper.py")
    assert _found(nothing) == [("no-workflow", "warning", "dags/helper.py")]
    user = FileFacts(file="dags/orders.py", workflows=(_workflow(),), modules=("dags/helper.py",))
    assert _found(nothing, user) == []
    assert _found(nothing, complete=False) == []
    assert _found(FileFacts(file="dags/helper.py", skipped=True), FileFacts(file="dags/__init__.py")) == []


def test_an_ignore_file_that_airflow_stumbled_over_is_told_once() -> None:
    failure = Failure(kind="exception", message="PermissionError: denied")
    facts = [FileFacts(file="dags/.airflowignore", failures=(failure,))]
    (found,) = import_findings(facts, complete=True, sources={"dags/.airflowignore": b"fine\n"})
    assert (found.rule, found.file) == ("invalid-ignore-file", "dags/.airflowignore")
    assert list(import_findings(facts, complete=True, sources={"dags/.airflowignore": b"\xff"})) == []
