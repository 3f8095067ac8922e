import json
from pathlib import Path

import msgspec
import pytest

from airside.testing.verdicts import TestReport

TESTS = """
    import pytest

    GIVEN = {"connections": {"dwh": "postgres://user@warehouse/db"}}

    def test_transform(dag_run):
        run = dag_run("orders", **GIVEN)
        run.assert_success()
        assert run["transform"].output == [1, 2]

    def test_extract_in_vain(dag_run):
        run = dag_run("orders", **GIVEN)
        assert run["extract"].output == []

    @pytest.mark.parametrize("day", ["2026-01-02", "2026-01-03"])
    def test_it_runs(dag_run, day):
        dag_run("orders", logical_date=day, **GIVEN).assert_success()

    def test_other():
        assert True
"""
LAST = "orders: 3 tasks, 1 verified, 2 only ran"


def _report(path: Path) -> TestReport:
    return msgspec.json.decode(path.read_bytes(), type=TestReport)


def test_the_last_lines_tell_what_no_test_looked_at(project: pytest.Pytester) -> None:
    project.makepyfile(TESTS)
    done = project.runpytest()
    done.assert_outcomes(passed=4, failed=1)
    done.stdout.fnmatch_lines(["*= workflows =*", LAST])


def test_the_report_has_each_test_and_the_best_verdict_of_those_that_passed(project: pytest.Pytester) -> None:
    project.makepyfile(test_orders=TESTS)
    project.runpytest("--airside-report=out/report.json")
    report = _report(project.path / "out" / "report.json")
    assert json.loads((project.path / "out" / "report.json").read_text())["format"] == "airside-test-report/1"
    assert report.workflows == {"orders": {"extract": "ran", "transform": "verified", "load": "ran"}}
    assert "connection:dwh" in report.needs["orders"]
    by_name = {test.id.partition("::")[2]: test for test in report.tests}
    assert [test.id for test in report.tests] == sorted(test.id for test in report.tests)
    vain, other = by_name["test_extract_in_vain"], by_name["test_other"]
    assert (vain.result, vain.file, vain.line, vain.tier) == ("failed", "test_orders.py", 10, "fast")
    assert vain.message is not None
    assert "[1, 2] == []" in vain.message
    assert (other.result, other.workflows, other.tier) == ("passed", {}, None)


@pytest.mark.slow
def test_with_xdist_the_workers_send_what_they_found(project: pytest.Pytester) -> None:
    project.makepyfile(test_orders=TESTS)
    alone = project.runpytest("--airside-report=alone.json")
    spread = project.runpytest_subprocess("-n2", "--airside-report=spread.json")
    for done in (alone, spread):
        done.assert_outcomes(passed=4, failed=1)
        done.stdout.fnmatch_lines([LAST])
    first, second = _report(project.path / "alone.json"), _report(project.path / "spread.json")
    assert second.workflows == first.workflows
    assert second.needs == first.needs
    assert [(test.id, test.result, test.workflows) for test in second.tests] == [
        (test.id, test.result, test.workflows) for test in first.tests
    ]


def test_tasks_that_have_to_be_verified_fail_the_session(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        def test_orders(dag_run):
            run = dag_run("orders", connections={"dwh": "postgres://user@warehouse/db"})
            assert run["extract"].output == run["transform"].output
        """
    )
    done = project.runpytest("--require-verified")
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    done.stdout.fnmatch_lines(["orders: 3 tasks, 2 verified, 1 only ran", "orders: no test verifies load"])
    assert project.runpytest().ret == pytest.ExitCode.OK


def test_where_all_is_verified_the_session_passes(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        def test_orders(dag_run):
            run = dag_run("orders", connections={"dwh": "postgres://user@warehouse/db"})
            assert run["extract"].output == run["transform"].output
            assert "loading 2" in run["load"].log
        """
    )
    done = project.runpytest("--require-verified")
    assert done.ret == pytest.ExitCode.OK
    done.stdout.fnmatch_lines(["orders: 3 tasks, 3 verified"])


@pytest.mark.parametrize("workers", [(), ("-n2",)])
def test_a_file_that_cannot_be_read_is_an_error_in_the_report(
    project: pytest.Pytester, workers: tuple[str, ...]
) -> None:
    (project.path / "bad.airside.yaml").write_text("given:\n  nope: 1\n")
    project.runpytest_subprocess(*workers, "--airside-report=report.json")
    (bad,) = _report(project.path / "report.json").tests
    assert (bad.id, bad.file, bad.result) == ("bad.airside.yaml", "bad.airside.yaml", "error")
    assert (bad.message or "").startswith("bad.airside.yaml:2: given.nope: unknown key")
