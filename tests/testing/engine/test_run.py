"""A run of real tasks, in a process of its own: from what a test gives to what came of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from airside.base.errors import UsageError
from airside.testing.given import Given
from airside.testing.outcome import RunOutcome, TaskKey, TaskOutcome
from airside.testing.processes import Source, run

Flow = Callable[..., RunOutcome]

HEAD = """
from datetime import datetime, timedelta, timezone
from airflow.sdk import DAG, chain, dag, task, task_group, get_current_context
from airflow.providers.standard.operators.empty import EmptyOperator
"""

ORDERS = """
with DAG("flow", schedule="@daily", start_date=datetime(2025, 1, 1, tzinfo=timezone.utc)):
    @task
    def extract():
        return [1, 2, 3]

    @task
    def double(n):
        return n * 2

    @task(retries=1, on_failure_callback=lambda context: print("told of", context["exception"]))
    def total(numbers):
        return sum(numbers)

    total(double.expand(n=extract())) >> EmptyOperator(task_id="end")
"""


@pytest.fixture
def flow(tmp_path: Path) -> Flow:
    """Run the workflow `flow` of this text: `flow(text, **fields of Given)`."""

    def flow(text: str, **given: Any) -> RunOutcome:
        (tmp_path / "flow.py").write_text(HEAD + dedent(text))
        return run(Source(root=tmp_path, dags_folder=tmp_path, dag_id="flow"), Given(dag_id="flow", **given))

    return flow


def tasks(run: RunOutcome) -> dict[str, TaskOutcome]:
    return {str(outcome.key): outcome for outcome in run.tasks}


def states(run: RunOutcome) -> dict[str, str | None]:
    return {name: outcome.state for name, outcome in tasks(run).items()}


def test_a_run_says_what_each_instance_did(flow: Flow) -> None:
    run = flow(ORDERS)

    assert run.error is None
    assert run.state == "success"
    assert run.run_id == "manual__2026-01-02T00:00:00+00:00"
    assert [(str(task.key), task.order, task.tries, task.output) for task in run.tasks] == [
        ("extract", 0, 1, [1, 2, 3]),
        ("double[0]", 1, 1, 2),
        ("double[1]", 2, 1, 4),
        ("double[2]", 3, 1, 6),
        ("total", 4, 1, 12),
        ("end", 5, 1, None),
    ]
    assert run.task_ids == ("extract", "double", "total", "end")
    assert set(run.edges) == {("extract", "double"), ("double", "total"), ("total", "end")}
    assert all(task.started is not None and task.started <= run.duration for task in run.tasks)


def test_a_task_fails_as_the_test_wants_with_its_retries_and_callbacks(flow: Flow) -> None:
    run = flow(ORDERS, fail={"total": "ValueError: no numbers"})

    total = tasks(run)["total"]
    assert run.state == "failed"
    assert states(run)["end"] == "upstream_failed"
    assert (total.state, total.tries, total.stubbed) == ("failed", 2, True)
    assert (total.error and total.error.type, total.error and total.error.message) == ("ValueError", "no numbers")
    assert any("told of no numbers" in line for line in total.log)


def test_one_instance_of_a_mapped_task_fails_as_the_test_wants(flow: Flow) -> None:
    run = flow(ORDERS, fail={"double[1]": "SomethingOfTheirs: gone"})

    failed = tasks(run)["double[1]"]
    assert [name for name, state in states(run).items() if state == "success"] == ["extract", "double[0]", "double[2]"]
    assert (failed.error and failed.error.type, failed.operator) == (
        "SomethingOfTheirs",
        tasks(run)["double[0]"].operator,
    )


def test_a_stub_gives_what_others_work_with(flow: Flow) -> None:
    run = flow(ORDERS, stub={"extract": [5], "double": [50]})

    assert tasks(run)["total"].output == 50
    assert [name for name, task in tasks(run).items() if task.stubbed] == ["extract", "double[0]"]


def test_a_stubbed_branch_follows_what_is_given(flow: Flow) -> None:
    text = """
        with DAG("flow", schedule=None):
            @task.branch
            def choose():
                raise ValueError("not to run")

            choose() >> [EmptyOperator(task_id="left"), EmptyOperator(task_id="right")]
    """

    assert states(flow(text, stub={"choose": "left"})) == {"choose": "success", "left": "success", "right": "skipped"}
    with pytest.raises(UsageError, match="stub` of `choose"):
        flow(text, stub={"choose": "middle"})


def test_a_stubbed_short_circuit_goes_on_or_does_not(flow: Flow) -> None:
    text = """
        with DAG("flow", schedule=None):
            @task.short_circuit
            def go_on():
                raise ValueError("not to run")

            go_on() >> EmptyOperator(task_id="a") >> EmptyOperator(task_id="b", trigger_rule="all_done")
    """

    assert states(flow(text, stub={"go_on": True}))["b"] == "success"
    assert states(flow(text, stub={"go_on": False})) == {"go_on": "success", "a": "skipped", "b": "skipped"}


def test_one_task_runs_alone_with_what_ran_before_it(flow: Flow) -> None:
    run = flow(ORDERS, only=("total",), xcoms={"double": [7, 8]})

    assert [(task.key, task.output) for task in run.tasks] == [(TaskKey("total"), 15)]
    assert states(flow(ORDERS, only=("double",), xcoms={"extract": [1]})) == {"double[0]": "success"}
    with pytest.raises(UsageError, match="`double` is expanded over the output of `extract`"):
        flow(ORDERS, only=("double",))
    with pytest.raises(UsageError, match="output of `extract`, which runs"):
        flow(ORDERS, xcoms={"extract": [1]})


@pytest.mark.parametrize("given", [{"stub": {"extrakt": 1}}, {"fail": {"extrakt[0]": "E"}}, {"only": ("extrakt",)}])
def test_a_task_that_is_not_there_is_named_with_one_that_is(flow: Flow, given: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=r"names the task `extrakt`.*; did you mean 'extract'?"):
        flow(ORDERS, **given)


def test_a_run_for_a_date_before_the_workflow_begins_is_refused(flow: Flow) -> None:
    with pytest.raises(UsageError, match="has no tasks: they are there from 2025-01-01 on"):
        flow(ORDERS, logical_date=datetime(2024, 12, 31, tzinfo=UTC))


def test_the_interval_of_a_run_is_what_the_timetable_says(flow: Flow) -> None:
    text = """
        from airflow.sdk import CronDataIntervalTimetable

        with DAG("flow", schedule=CronDataIntervalTimetable("@daily", timezone="UTC")):
            @task
            def dates(data_interval_start=None, ds=None, run_id=None):
                return [data_interval_start.date().isoformat(), ds, run_id]

            dates()
    """

    assert tasks(flow(text))["dates"].output == ["2026-01-01", "2026-01-02", "manual__2026-01-02T00:00:00+00:00"]
    assert tasks(flow(text, run_id="mine"))["dates"].output[2] == "mine"


def test_a_callback_of_the_workflow_is_told_how_it_ended(flow: Flow) -> None:
    text = """
        def ended(context):
            pass

        with DAG("flow", schedule=None, on_failure_callback=ended):
            @task
            def a():
                raise ValueError

            a()
    """

    assert flow(text).tells == ("ended",)
    assert flow(text, stub={"a": None}).tells == ()


def test_a_task_id_may_be_a_member_of_an_enum(flow: Flow) -> None:
    text = """
        from airflow.sdk import TriggerRule

        with DAG("flow", schedule=None):
            EmptyOperator(task_id="a") >> EmptyOperator(task_id=TriggerRule.ALL_DONE)
    """

    run = flow(text)

    assert states(run) == {"a": "success", "all_done": "success"}
    assert run.task_ids == ("a", "all_done")
    assert run.edges == (("a", "all_done"),)


WEIGHTS = """
from airflow.plugins_manager import AirflowPlugin
from airflow.task.priority_strategy import PriorityWeightStrategy

class Named(PriorityWeightStrategy):
    def get_weight(self, ti):
        return 3 if ti.task_id == "b" else 1

class Weights(AirflowPlugin):
    name = "weights"
    priority_weight_strategies = [Named]
"""
WEIGHED = """
    from weights import Named

    with DAG("flow", schedule=None):
        for name in "abc":
            EmptyOperator(task_id=name, weight_rule=Named())
"""


def test_a_strategy_for_weights_decides_who_is_first(flow: Flow, tmp_path: Path) -> None:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "weights.py").write_text(WEIGHTS)

    assert [name for name, task in tasks(flow(WEIGHED)).items() if task.order == 0] == ["b"]


def test_a_strategy_that_airflow_does_not_know_is_refused(flow: Flow) -> None:
    error = flow(WEIGHTS + dedent(WEIGHED).replace("from weights import Named", "")).error

    assert error is not None
    assert "Unknown priority strategy" in error.message
