import re
from pathlib import Path

import pytest

DAG = """
import sqlite3
from airflow.sdk import BaseHook, Variable, dag, task

@dag(schedule=None)
def days():
    @task
    def extract():
        return int(Variable.get("n"))

    @task
    def load(n):
        connection = BaseHook.get_connection("dwh")
        with sqlite3.connect(connection.host) as database:
            database.execute("create table days (day text, n integer)")
            database.executemany("insert into days values (?, ?)", [(f"2026-01-0{i}", i) for i in range(1, n + 1)])

    load(extract())

days()
"""
TEST = """
given:
  connections: {dwh: {type: sqlite, tables: {old: data/old.csv}}}
cases:
  - name: two days
    given: {variables: {n: 2}}
    expect:
      tables:
        dwh.days: {rows: data/days.csv, checks: ["row_count = 2", "min(n) >= 1"], columns: {n: integer}, by: load}
        dwh.old: {rows: [{a: 1}]}
  - name: other days
    given: {variables: {n: 3}}
    expect:
      tasks: {extract: {output: 2}}
      tables:
        dwh.days: {rows: data/days.csv}
  - name: no variable
    expect: {}
  - name: later
    skip: not built yet
    expect: {tasks: {none: success}}
"""


def test_the_examples_of_the_page_run_and_pass(workspace: pytest.Pytester, page: Path) -> None:
    for match in re.finditer(
        r"^<!-- example: (\S+) -->\n```\w+\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE
    ):
        (workspace.path / match[1]).write_text(match[2])
    done = workspace.runpytest()
    done.assert_outcomes(passed=2)
    (last,) = re.findall(r"The last line of a run of both: `(.*)`", page.read_text())
    done.stdout.fnmatch_lines([last])


def _days(workspace: pytest.Pytester) -> None:
    (workspace.path / "dags" / "days.py").write_text(DAG)
    (workspace.path / "tests" / "functional" / "days.yaml").write_text(TEST)
    data = workspace.path / "tests" / "functional" / "data"
    (data / "days.csv").write_text("day,n\n2026-01-01,1\n2026-01-02,2\n")
    (data / "old.csv").write_text("a\n1\n")
    (data / "other.yaml").write_text("this is: no test\n")


def test_cases_are_tests_and_tell_what_is_not_as_expected(workspace: pytest.Pytester) -> None:
    _days(workspace)
    done = workspace.runpytest("-rs")
    done.assert_outcomes(passed=1, failed=2, skipped=1)
    done.stdout.fnmatch_lines(
        [
            "*days: other days*",
            "tests/functional/days.yaml:11: days: other days",
            "tasks.extract.output:",
            "    expected  2",
            "    came      3",
            "tables.dwh.days.rows:",
            "    expected  2 rows",
            "    came      3 rows, of which 1 were not expected",
            "*         day         n",
            "*extra*  2026-01-03  3",
            "*days: no variable*",
            "state:",
            "    expected  success",
            "    came      failed",
            "*extract failed*",
            "*The variable 'n', which it asks for at dags/days.py:9, is not given. Add to `given`:",
            '*variables: {"n": *}*',
            "days: 2 tasks, 1 verified, 1 only ran",
            "*SKIPPED*not built yet",
        ]
    )
    done.stdout.no_fnmatch_line("*collecting.py*")


def test_one_case_is_chosen_by_its_name_and_by_its_mark(workspace: pytest.Pytester) -> None:
    _days(workspace)
    workspace.runpytest("tests/functional/days.yaml::two days").assert_outcomes(passed=1)
    workspace.runpytest("-k", "two").assert_outcomes(passed=1, deselected=3)


def test_a_file_that_does_not_hold_is_an_error_with_its_lines(workspace: pytest.Pytester) -> None:
    (workspace.path / "tests" / "functional" / "bad.yaml").write_text("given:\n  nope: 1\nexpect:\n  state: ok\n")
    done = workspace.runpytest()
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(
        [
            "tests/functional/bad.yaml:2: given.nope: unknown key*",
            "tests/functional/bad.yaml:4: expect.state: expected*",
        ]
    )
    done.stdout.no_fnmatch_line("*Traceback*")
    done.stdout.no_fnmatch_line("*reading.py*")


def test_other_yaml_files_are_no_tests_unless_they_are_named(workspace: pytest.Pytester) -> None:
    folder = workspace.path / "tests" / "functional"
    for name in ("data/x.yaml", "_shared.yaml", ".hidden.yaml"):
        (folder / name).write_text("nope: 1\n")
    assert workspace.runpytest().ret == pytest.ExitCode.NO_TESTS_COLLECTED
    workspace.runpytest("tests/functional/_shared.yaml").assert_outcomes(errors=1)


def test_what_the_case_cannot_ask_is_told_without_a_traceback(workspace: pytest.Pytester) -> None:
    _days(workspace)
    test = workspace.path / "tests" / "functional" / "days.yaml"
    test.write_text(
        "given: {variables: {n: 1}, connections: {dwh: sqlite}}\nexpect: {tables: {dwh.days: {rows: data/no.csv}}}\n"
    )
    done = workspace.runpytest()
    done.assert_outcomes(failed=1)
    place = "tests/functional/days.yaml:1: "
    done.stdout.fnmatch_lines([f"{place}The expected rows *no.csv cannot be read: No such file or directory"])
    done.stdout.no_fnmatch_line("*row_source.py*")


def test_a_stand_in_that_does_not_start_is_told_with_its_connection_and_the_place(workspace: pytest.Pytester) -> None:
    _days(workspace)
    test = workspace.path / "tests" / "functional" / "days.yaml"
    test.write_text(
        "cases:\n  - name: one\n    given: {connections: {dwh: {type: sqlite, tables: {a: data/no.csv}}}}\n"
    )
    done = workspace.runpytest()
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(
        ["tests/functional/days.yaml:2: connection 'dwh': The file 'data/no.csv' for the table a *"]
    )
    done.stdout.no_fnmatch_line("*Traceback*")
