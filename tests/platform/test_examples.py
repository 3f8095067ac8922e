"""What the pages of the examples promise, on one Airflow that serves them from a release."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from airflow_place import PATIENCE, until
from examples_place import Examples, most_at_once, promised
from pytest_httpserver import HTTPServer
from sealed import Identity, seal

from airside.base.names import bundle_name
from airside.platform.ports import free_port

pytestmark = [pytest.mark.platform, pytest.mark.slow]

LATER = ("sensor_report", "sensor_orders")
"""They are switched on one after the other. All others are at once, so that the tests need not wait one by one."""

TRIGGERED = [
    "assets_orders",
    "check_work_summary",
    "config_per_environment",
    "dynamic_mapping",
    "max_active_tasks",
    "notebook",
    "pod",
    "secret_per_environment",
]
ENDED = {"success", "failed"}

States = list[list[str | None]]


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory, identity: Identity) -> Iterator[Examples]:
    place = Examples(tmp_path_factory.mktemp("examples") / "examples")
    orders = place.root.parent / "orders.csv"
    place.write("configs/environments/preprod/check_work_summary.yaml", f"orders: {orders}\n")
    place.commit()
    try:
        place.airside("up", "--detach", "--track", "preprod", "--port", str(free_port(28300)))
        place.airside("deploy", "preprod")
        place.switch_on(*(each.id for each in place.client().workflows(bundle_name("preprod")) if each.id not in LATER))
        for workflow in TRIGGERED:
            place.trigger(workflow)
        yield place
    finally:
        place.airside("down")
        place.airside("clean")


@pytest.fixture
def chat() -> Iterator[HTTPServer]:
    """What listens at the other end of the channel `chat`."""
    server = HTTPServer()
    server.expect_request("/").respond_with_data("ok")
    server.start()
    yield server
    server.stop()


def apply(place: Examples, identity: Identity, **connections: object) -> None:
    document = json.dumps({"connections": connections})
    (place.root / "secrets" / "preprod.yaml").write_bytes(seal(document, identity))
    place.commit()
    place.airside("secrets", "apply", "preprod")


def ended(place: Examples, workflow: str, runs: int, kind: str | None = None) -> Callable[[], bool]:
    def look() -> bool:
        found = [run["state"] for run in place.runs(workflow, kind)]
        return len(found) == runs and set(found) <= ENDED

    return look


def reaches(look: Callable[[], States], told: States) -> None:
    """Wait until what is seen is what was told; otherwise show both."""
    over = time.monotonic() + PATIENCE
    while (seen := look()) != told and time.monotonic() < over:
        time.sleep(0.1)
    assert seen == told


def stays(condition: Callable[[], bool], *, seconds: float = 2.0) -> None:
    """See that `condition` holds for many turns of the scheduler, which takes about one in a second."""
    over = time.monotonic() + seconds
    while time.monotonic() < over:
        assert condition()
        time.sleep(0.2)


def test_without_depends_on_past_each_day_is_for_itself(examples: Examples) -> None:
    off, _, _ = promised("depends_on_past")
    reaches(lambda: examples.states("depends_on_past_off", ["load"]), off)


def test_with_depends_on_past_a_day_waits_until_the_day_before_has_succeeded(examples: Examples) -> None:
    _, before, after = promised("depends_on_past")

    def states() -> States:
        return examples.states("depends_on_past_on", ["load"])

    reaches(states, before)
    stays(lambda: states() == before)
    runs = [run["dag_run_id"] for run in examples.runs("depends_on_past_on")]
    examples.clear("depends_on_past_on", runs[0], "load")
    reaches(states, after)
    first, second, third = (examples.tasks("depends_on_past_on", run)[0] for run in runs)
    assert [task["try_number"] for task in (first, second, third)] == [2, 1, 1]
    assert first["end_date"] <= second["start_date"] < second["end_date"] <= third["start_date"]


def test_with_wait_for_downstream_a_day_waits_for_the_tasks_after_it(examples: Examples) -> None:
    before, after = promised("wait_for_downstream")

    def states() -> States:
        return examples.states("wait_for_downstream", ["load", "report"])

    reaches(states, before)
    stays(lambda: states() == before)
    first, second = (run["dag_run_id"] for run in examples.runs("wait_for_downstream"))
    examples.clear("wait_for_downstream", first, "report")
    reaches(states, after)
    tries = {task["task_id"]: task["try_number"] for task in examples.tasks("wait_for_downstream", first)}
    assert tries == {"load": 1, "report": 2}
    begun = {task["task_id"]: task["start_date"] for task in examples.tasks("wait_for_downstream", second)}["load"]
    assert begun >= max(task["end_date"] for task in examples.tasks("wait_for_downstream", first))


def test_no_more_runs_at_a_time_than_max_active_runs(examples: Examples) -> None:
    until(ended(examples, "max_active_runs", 5))
    runs = examples.runs("max_active_runs")
    assert {run["state"] for run in runs} == {"success"}
    assert most_at_once(runs) == 2
    ends = sorted(run["end_date"] for run in runs)
    for place, run in enumerate(runs[2:]):
        assert run["queued_at"] >= ends[place], "it was not made before there was a place"


def test_no_more_tasks_at_a_time_than_max_active_tasks(examples: Examples) -> None:
    until(ended(examples, "max_active_tasks", 1))
    (run,) = examples.runs("max_active_tasks")
    work = [task for task in examples.tasks("max_active_tasks", run["dag_run_id"]) if task["task_id"] == "work"]
    assert [task["state"] for task in work] == ["success"] * 6
    assert most_at_once(work) == 2
    assert examples.client().result("max_active_tasks", run["dag_run_id"], "total") == 91


def test_without_catchup_there_is_one_run_and_with_it_are_all(examples: Examples) -> None:
    year = datetime.now(UTC).year
    until(ended(examples, "catchup_on", year - 2022))
    until(ended(examples, "catchup_off", 1))
    years = [int(run["logical_date"][:4]) for run in examples.runs("catchup_on")]
    assert years == list(range(2023, year + 1))
    (one,) = examples.runs("catchup_off")
    assert one["logical_date"].startswith(f"{year}-01-01")
    assert {run["state"] for run in (one, *examples.runs("catchup_on"))} == {"success"}


def test_a_sensor_waits_without_a_worker_for_the_same_day_of_another_workflow(examples: Examples) -> None:
    def states() -> States:
        return examples.states("sensor_report", ["wait_for_orders", "report"])

    waiting, awaited = LATER
    examples.switch_on(waiting)
    reaches(states, [["running", "up_for_reschedule", None]])
    assert examples.runs(awaited) == []
    examples.switch_on(awaited)
    reaches(states, [["success"] * 3])
    assert examples.states("sensor_orders", ["store"]) == [["success"] * 2]


def test_an_asset_starts_the_workflow_that_works_on_it(examples: Examples) -> None:
    until(ended(examples, "assets_report", 1))
    (made,), (worked,) = examples.runs("assets_orders"), examples.runs("assets_report")
    assert (made["run_type"], made["state"]) == ("manual", "success")
    assert (worked["run_type"], worked["state"]) == ("asset_triggered", "success")


def test_there_are_as_many_tasks_as_files(examples: Examples) -> None:
    until(ended(examples, "dynamic_mapping", 1))
    (run,) = examples.runs("dynamic_mapping")
    tasks = examples.tasks("dynamic_mapping", run["dag_run_id"])
    assert {task["state"] for task in tasks} == {"success"}
    names = {task["map_index"]: task["rendered_map_index"] for task in tasks if task["task_id"] == "count"}
    assert names == {0: "berlin.csv", 1: "paris.csv", 2: "rome.csv"}
    assert examples.client().result("dynamic_mapping", run["dag_run_id"], "total") == 12


def test_a_backfill_makes_the_days_that_it_is_asked_for_and_none_twice(examples: Examples) -> None:
    until(ended(examples, "backfill", 1, "scheduled"))
    asked = {"dag_id": "backfill", "from_date": "2026-01-01T00:00:00Z", "to_date": "2026-01-03T00:00:00Z"}
    examples.call("POST", "/backfills", asked)
    until(ended(examples, "backfill", 3, "backfill"))
    again = examples.call("POST", "/backfills/dry_run", asked | {"reprocess_behavior": "none"})
    assert again["total_entries"] == 0
    runs = examples.runs("backfill", "backfill")
    assert [run["logical_date"][:10] for run in runs] == ["2026-01-01", "2026-01-02", "2026-01-03"]
    assert {run["state"] for run in runs} == {"success"}


def test_a_config_is_that_of_the_environment(examples: Examples) -> None:
    until(ended(examples, "config_per_environment", 1))
    (run,) = examples.runs("config_per_environment")
    found = examples.client().result("config_per_environment", run["dag_run_id"], "greet")
    assert found == ["good day, Ada", "good day, Grace"]


def test_a_secret_is_used_as_soon_as_it_is_applied_and_is_not_in_the_log(
    examples: Examples, identity: Identity
) -> None:
    until(ended(examples, "secret_per_environment", 1))
    (run,) = examples.runs("secret_per_environment")
    assert run["state"] == "failed"
    apply(examples, identity, partner_api="http://ada:wonderland@partner.example.com")
    examples.clear("secret_per_environment", run["dag_run_id"], "call_partner")
    reaches(lambda: examples.states("secret_per_environment", ["call_partner"]), [["success"] * 2])
    result = examples.client().result("secret_per_environment", run["dag_run_id"], "call_partner")
    assert result == "ada at partner.example.com"
    log = examples.log("secret_per_environment")
    assert "calling partner.example.com as ada with the password ***" in log
    assert "wonderland" not in log


def test_a_failure_and_the_recovery_are_one_message_each_and_another_failure_is_none(
    examples: Examples, identity: Identity, chat: HTTPServer
) -> None:
    (told,) = promised("alert_on_failure")
    apply(examples, identity, chat={"conn_type": "http", "host": chat.url_for("/")})
    for number, fails in enumerate((True, True, False), start=1):
        examples.trigger("alert_on_failure", fail=fails)
        until(ended(examples, "alert_on_failure", number))
        if number == 1:
            until(lambda: len(chat.log) == 1)
    assert examples.states("alert_on_failure", ["fragile"]) == [row[:2] for row in told]
    until(lambda: len(chat.log) > 1)
    stays(lambda: len(chat.log) == 2)
    failed, recovered = (request.get_json() for request, _ in chat.log)
    assert failed["state"] == "broken"
    assert "the disk of the partner is full" in failed["text"]
    assert failed["environment"] == "preprod"
    assert recovered["state"] == "recovered"
    assert recovered["key"] == failed["key"]


def test_a_notebook_runs_with_the_values_of_the_run(examples: Examples) -> None:
    until(ended(examples, "notebook", 1))
    examples.trigger("notebook", amounts=[])
    until(ended(examples, "notebook", 2))
    (told,) = promised("notebook")
    assert examples.states("notebook", ["run_notebook"]) == told
    executed = examples.client().result("notebook", examples.runs("notebook")[0]["dag_run_id"], "run_notebook")
    assert "3 amounts, 12 in all" in Path(executed).read_text()
    assert "3 amounts, 12 in all" in examples.log("notebook")


def test_what_is_a_pod_elsewhere_is_a_process_here(examples: Examples) -> None:
    until(ended(examples, "pod", 1))
    (told,) = promised("pod")
    assert examples.states("pod", ["run"]) == told
    (task,) = examples.tasks("pod", examples.runs("pod")[0]["dag_run_id"])
    assert task["operator_name"] == "@task"
    assert "hello from the example" in examples.log("pod")


def test_the_work_begins_when_the_checks_are_content_and_a_summary_is_last(examples: Examples) -> None:
    (told,) = promised("check_work_summary")
    tasks = ["checks.orders_are_there", "checks.there_is_space", "work", "summary"]
    until(ended(examples, "check_work_summary", 1))
    (examples.root.parent / "orders.csv").write_text("coffee;2\ntea;1\ncake;4\n")
    examples.trigger("check_work_summary")
    until(ended(examples, "check_work_summary", 2))
    assert examples.states("check_work_summary", tasks) == told
    log = examples.log("check_work_summary")
    assert "orders.csv does not exist" in log
    assert "rows 3" in log
    until(lambda: "rows 3" in (examples.runs("check_work_summary")[1]["note"] or ""))
