from dataclasses import replace

from reports import facts

from airside.checking.findings import Finding
from airside.checking.report import Report, added
from airside.inspection.facts import FileFacts, WorkflowFacts
from airside.release.description import WorkflowDescription

OS = Finding(rule="F401", severity="warning", file="dags/a.py", line=1, column=8, message="`os` is unused")
NAME = Finding(rule="F821", severity="error", file="dags/a.py", line=9, message="Undefined name `x`")


def test_what_is_new_is_told_and_what_only_moved_is_not() -> None:
    before = Report(findings=(OS, NAME))
    now = Report(findings=(replace(OS, line=3), replace(NAME, line=12), replace(NAME, line=14)))
    assert added(before, now) == (replace(NAME, line=14),)
    assert added(now, before) == ()
    assert added(now, Report(findings=(OS,))) == ()
    assert added(Report(findings=(OS,)), now) == (replace(NAME, line=12), replace(NAME, line=14))


def test_only_errors_fail() -> None:
    assert Report(findings=(OS,)).passed
    assert not Report(findings=(OS, NAME)).passed


def test_the_slowest_files_come_first_and_workflows_are_counted() -> None:
    report = Report(facts=(facts("dags/a.py", "a"), facts("dags/b.py", "b", "c", seconds=2.0)))
    assert [found.file for found in report.slowest(1)] == ["dags/b.py"]
    assert report.workflows == 3
    assert [workflow.id for workflow in report.description.workflows] == ["a", "b", "c"]


def test_what_airside_itself_could_not_read_is_kept() -> None:
    broken = WorkflowFacts(description=WorkflowDescription(id="a", file="dags/a.py"), faults=("task 't': KeyError",))
    assert Report(facts=(FileFacts(file="dags/a.py", workflows=(broken,)),)).faults == ("task 't': KeyError",)
