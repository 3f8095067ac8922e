from dataclasses import replace

import pytest

from airside.testing.outcome import Need, RunOutcome
from airside.testing.results.looks import Look, Looks, merged
from airside.testing.results.summary import summary_lines, unverified_lines


@pytest.fixture
def looks() -> Looks:
    return Looks()


def test_without_a_look_a_task_only_ran(orders: RunOutcome, looks: Looks) -> None:
    assert looks.verdicts(orders) == {"extract": "ran", "count": "ran", "load": "ran", "notify": "not run"}


@pytest.mark.parametrize("what", ["output", "xcoms", "rendered", "log", "tries", "tells", "error", "by other means"])
def test_a_look_at_what_it_did_verifies_a_task(orders: RunOutcome, looks: Looks, what: Look) -> None:
    looks.at_task("extract", what)
    assert looks.verdicts(orders)["extract"] == "verified"


def test_that_it_succeeded_does_not_verify_a_task_but_that_it_failed_does(orders: RunOutcome, looks: Looks) -> None:
    looks.at_task("extract", "state")
    looks.at_task("load", "state")
    looks.at_task("notify", "state")
    verdicts = looks.verdicts(orders)
    assert (verdicts["extract"], verdicts["load"], verdicts["notify"]) == ("ran", "verified", "not run")


def test_a_look_behind_a_connection_verifies_who_asked_for_it_and_returned_nothing(
    orders: RunOutcome, looks: Looks
) -> None:
    reader = Need("connection", "dwh", is_given=True, task_id="extract")
    looks.at_connection("dwh")
    verdicts = looks.verdicts(replace(orders, needs=(*orders.needs, reader)))
    assert verdicts["load"] == "verified", "what it did is behind the connection"
    assert verdicts["extract"] == "ran", "it returned something that nobody looked at"


def test_what_was_given_an_outcome_did_not_run(orders: RunOutcome, looks: Looks) -> None:
    looks.at_task("extract", "output")
    tasks = (replace(orders.tasks[0], stubbed=True), *orders.tasks[1:])
    assert looks.verdicts(replace(orders, tasks=tasks))["extract"] == "not run"


def test_a_task_that_does_nothing_is_verified_when_it_ran(orders: RunOutcome, looks: Looks) -> None:
    ran = replace(orders.tasks[-1], state="success", tries=1)
    assert looks.verdicts(replace(orders, tasks=(*orders.tasks[:-1], ran)))["notify"] == "verified"


def test_the_best_verdict_of_all_tests_counts() -> None:
    assert merged([{"a": "ran", "b": "not run"}, {"a": "verified", "b": "not run"}, {"a": "ran"}]) == {
        "a": "verified",
        "b": "not run",
    }


def test_a_workflow_whose_runs_were_all_ended_is_not_counted_in_tasks() -> None:
    assert list(summary_lines({"slow": {}})) == ["slow: no run of it came to its end"]


def test_the_last_lines_count_tasks_and_name_those_that_nobody_verifies() -> None:
    workflows = {
        "orders": {"a": "verified", "b": "verified", "c": "verified", "d": "ran", "e": "ran"},
        "alone": {"a": "verified"},
        "idle": {"a": "not run", "b": "ran"},
    }
    assert list(summary_lines(workflows)) == [  # type: ignore[arg-type]
        "alone: 1 task, 1 verified",
        "idle: 2 tasks, 0 verified, 1 only ran, 1 never ran",
        "orders: 5 tasks, 3 verified, 2 only ran",
    ]
    assert list(unverified_lines(workflows)) == [  # type: ignore[arg-type]
        "idle: no test verifies a, b",
        "orders: no test verifies d, e",
    ]
