from dataclasses import replace

import pytest

from airside.base.errors import UsageError
from airside.testing.given import Given
from airside.testing.outcome import Failure, RunOutcome, TaskKey, TaskOutcome
from airside.testing.results.run import Run


@pytest.fixture
def run(orders: RunOutcome) -> Run:
    return Run(orders, Given(dag_id="orders"), {})


def test_a_run_knows_states_order_and_tries_of_each_instance(run: Run) -> None:
    assert run.states == {
        "extract": "success", "count[0]": "success", "count[1]": "success", "load": "failed",
        "notify": "upstream_failed",
    }  # fmt: skip
    assert run.order == ["extract", "count[0]", "count[1]", "load"]
    assert run.tries == {"extract": 1, "count[0]": 1, "count[1]": 2, "load": 3, "notify": 0}


def test_a_task_has_what_it_did(run: Run) -> None:
    assert run["extract"].output == [1, 2]
    assert run["load"].rendered["sql"].startswith("insert")
    assert run["load"].log == "connecting\ngiving up"
    assert run["load"].error.type == "AirflowNotFoundException"
    assert run["notify"].state == "upstream_failed"


def test_a_mapped_task_has_its_instances_and_the_list_of_their_outputs(run: Run) -> None:
    assert run["count"].output == [10, 20]
    assert run["count"][1].tries == 2
    assert [one.output for one in run["count"]] == [10, 20]
    assert (len(run["count"]), run["count"].state, run["count"].states) == (2, "success", ["success", "success"])
    with pytest.raises(UsageError, match="2 instances"):
        run["count"][2]
    with pytest.raises(UsageError, match="each of its instances has its own rendered"):
        _ = run["count"].rendered


def test_a_task_that_the_workflow_has_not_is_said_with_the_nearest_name(run: Run) -> None:
    with pytest.raises(UsageError, match="no task 'extrat'; did you mean 'extract'"):
        run["extrat"]
    with pytest.raises(UsageError, match="extract is not mapped"):
        run["extract"][0]


def test_a_failure_shows_the_tasks_own_traceback_log_and_fields_and_the_line_to_add(run: Run) -> None:
    with pytest.raises(AssertionError) as caught:
        run.assert_success()
    text = str(caught.value)
    assert text.startswith("The workflow 'orders' failed (3 success, 1 failed, 1 upstream_failed).")
    assert "load failed after 3 tries:\n  Traceback (most recent call last):" in text
    assert "The connection 'dwh', which it asks for at dags/orders.py:12, is not given. Add:" in text
    assert '    from airside.testing import postgres\n    connections={"dwh": postgres()}' in text
    assert "  log:\n    connecting\n    giving up" in text
    assert "  rendered:\n    sql: insert into t values (2)" in text
    assert "limit" not in text, "what was given is not missing"


def test_of_many_instances_that_fail_a_few_are_shown_in_full(orders: RunOutcome) -> None:
    error = [
        Failure("ValueError", f"no {number}\nat all", f"Traceback\nValueError: no {number}") for number in range(40)
    ]
    tasks = tuple(
        TaskOutcome(TaskKey("count", number), "failed", "Op", 1, error=one) for number, one in enumerate(error)
    )
    run = Run(replace(orders, tasks=tasks), Given(dag_id="orders"), {})
    with pytest.raises(AssertionError) as caught:
        run.assert_success()
    text = str(caught.value)
    assert text.count("Traceback") == 3
    assert "count[3] failed: ValueError: no 3\ncount[4] failed" in text
    assert text.endswith("count[22] failed: ValueError: no 22\nand 17 more of count")


def test_a_run_without_an_outcome_says_why_wherever_it_is_looked_at(orders: RunOutcome) -> None:
    error = Failure("TimeoutError", "The run took longer than 2 s", file="dags/orders.py", line=3)
    run = Run(replace(orders, state=None, tasks=(), error=error), Given(dag_id="orders"), {})
    for look in (run.assert_success, lambda: run["load"].output):
        with pytest.raises(AssertionError, match=r"has no outcome[^$]*TimeoutError: The run took longer"):
            look()
    run.assert_failed(match="longer than 2 s")


def test_a_failure_that_is_wanted_has_to_be_that_one(run: Run) -> None:
    run.assert_failed()
    run.assert_failed("load", match="conn_id `dwh`")
    run.assert_failed(match="AirflowNotFoundException")
    with pytest.raises(AssertionError, match="extract is success, not failed"):
        run.assert_failed("extract")
    with pytest.raises(AssertionError, match="which is not 'disk full'"):
        run.assert_failed("load", match="disk full")
    with pytest.raises(AssertionError, match="No error of the workflow"):
        run.assert_failed(match="disk full")


def test_the_contract_is_what_was_asked_for(run: Run) -> None:
    assert (run.contract.connections, run.contract.variables, run.contract.configs) == (("dwh",), ("limit",), ())
    assert [need.name for need in run.contract.missing] == ["dwh"]
    assert str(run.contract).splitlines() == [
        "connection dwh: NOT given; asked for by load (dags/orders.py:12)",
        "variable limit: given; asked for by extract (dags/orders.py:7)",
    ]


def test_the_timeline_shows_when_each_task_ran(run: Run) -> None:
    head, *lines = run.timeline().splitlines()
    assert head == "orders manual__1: failed, 1.000 s"
    assert [line.split()[0] for line in lines] == ["extract", "count[0]", "count[1]", "load", "notify"]
    bars = [(line.index("━"), line.count("━")) for line in lines[:-1]]
    assert [begin - bars[0][0] for begin, _ in bars] == [0, 4, 8, 16]
    assert [length for _, length in bars] == [4, 4, 8, 24]
    assert lines[3].endswith("failed (3 tries) 0.600 s")
    assert lines[4].endswith("upstream_failed")


def test_a_connection_without_a_stand_in_has_nothing_behind_it(run: Run) -> None:
    with pytest.raises(UsageError, match="gave no stand-in for the connection 'dwh'"):
        run.table("dwh", "orders")
    with pytest.raises(UsageError, match="No stand-in has mails"):
        run.mails()


def test_a_mapped_task_that_has_to_fail_is_asked_for_the_error_of_any_instance(orders: RunOutcome) -> None:
    second = replace(orders.tasks[2], state="failed", error=Failure("ValueError", "bad region xx"))
    run = Run(replace(orders, tasks=(*orders.tasks[:2], second, *orders.tasks[3:])), Given(dag_id="orders"), {})
    run.assert_failed("count", match="bad region")
    with pytest.raises(AssertionError, match="No instance of count failed with 'disk full'"):
        run["count"].assert_failed("disk full")


def test_a_mapped_task_that_succeeded_has_not_failed(run: Run) -> None:
    with pytest.raises(AssertionError, match="No instance of count failed"):
        run["count"].assert_failed()
