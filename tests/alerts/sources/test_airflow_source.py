"""What is told of an Airflow: each thing once, nothing lost, few questions."""

from collections.abc import Callable

import pytest
from airflow_api import AirflowApi, ahead
from asking import Asking

from airside.alerts.event import Kind, Severity
from airside.base.errors import IntegrityError, PlatformError

pytestmark = pytest.mark.xdist_group("airflow-api")

Watch = Callable[[], Asking]
RAISED: dict[str, object] = {
    "level": "error",
    "event": "Task failed with exception",
    "error_detail": [
        {"exc_type": "ValueError", "exc_value": "the source is empty\nand more", "frames": []},
        {"exc_type": "KeyError", "exc_value": "its cause", "frames": []},
    ],
}


def failed(api: AirflowApi, run: str = "one", workflow: str = "orders") -> None:
    api.do("run", workflow, run)
    api.log(workflow, run, "load", {"event": "hello"}, RAISED)
    api.fail(workflow, run)
    api.end(workflow, run)


def well(api: AirflowApi, run: str = "two", workflow: str = "orders") -> None:
    api.do("run", workflow, run)
    api.end(workflow, run, "success")


def test_a_failure_is_told_with_all_that_a_message_says(api: AirflowApi, watch: Watch) -> None:
    failed(api)
    task, run = watch().events()
    assert (task.kind, task.environment, task.subject, task.task) == (Kind.TASK_FAILED, "production", "orders", "load")
    assert task.error == "ValueError: the source is empty"
    assert (task.owner, task.team, task.attempt, task.severity) == ("ana", "sales", 1, Severity.CRITICAL)
    assert task.links == {
        "run": "https://airflow.example.com/dags/orders/runs/one",
        "log": "https://airflow.example.com/dags/orders/runs/one/tasks/load?try_number=1",
        "runbook": "https://wiki.example.com/sales/orders",
    }
    assert (run.kind, run.subject, run.run) == (Kind.RUN_FAILED, "orders", "one")
    assert "log" not in run.links


def test_failure_failure_recovery_are_told_once_each_and_a_second_success_not(api: AirflowApi, watch: Watch) -> None:
    watcher = watch()
    failed(api, "one")
    assert watcher.told() == ["task-failed orders load one", "run-failed orders one"]
    failed(api, "two")
    assert watcher.told() == ["task-failed orders load two", "run-failed orders two"]
    assert watcher.told(later=20) == []
    well(api, "three")
    assert watcher.told() == ["run-recovered orders three"]
    well(api, "four")
    assert watcher.told() == []
    failed(api, "five")
    assert watcher.told() == ["task-failed orders load five", "run-failed orders five"]


def test_a_task_that_will_be_tried_again_is_not_told(api: AirflowApi, watch: Watch) -> None:
    api.do("run", "orders", "one")
    api.do("end_task", "orders", "one", "load", "up_for_retry", None, 1)
    assert watch().told() == []


def test_a_check_that_fails_is_told_as_a_check(api: AirflowApi, watch: Watch) -> None:
    api.do("run", "orders", "one")
    api.log("orders", "one", "checks.fresh", RAISED)
    api.fail("orders", "one", "checks.fresh")
    assert watch().told() == ["check-failed orders checks.fresh one"]


def test_what_is_of_another_bundle_is_none_of_ours(api: AirflowApi, watch: Watch) -> None:
    failed(api, workflow="other")
    api.do("import_error", "elsewhere", "dags/x.py", "boom")
    assert watch().told() == []


def test_a_restart_tells_nothing_twice_and_loses_nothing(api: AirflowApi, watch: Watch) -> None:
    first = watch()
    failed(api, "one")
    assert len(first.told()) == 2
    failed(api, "two", "sums")
    second = watch()
    assert second.told() == ["task-failed sums load two", "run-failed sums two"]
    well(api, "three")
    assert watch().told() == ["run-recovered orders three"]
    assert watch().told() == []


def test_what_was_not_settled_comes_again_with_its_error(api: AirflowApi, watch: Watch) -> None:
    watcher = watch()
    failed(api)
    before = watcher.events(settle=False)
    assert watcher.events(settle=False) == before
    assert [event.identity for event in watch().events()] == [event.identity for event in before]


def test_what_failed_while_airflow_was_away_or_nobody_watched_is_told(api: AirflowApi, watch: Watch) -> None:
    watcher = watch()
    assert watcher.told() == []
    watcher.session.away = True
    failed(api)
    for _ in range(3):
        with pytest.raises(PlatformError):
            watcher.told(later=1200)
    watcher.session.away = False
    api.beat(3600)
    assert watcher.told() == ["task-failed orders load one", "run-failed orders one"]


def test_a_break_in_the_midst_of_a_poll_loses_nothing(api: AirflowApi, watch: Watch) -> None:
    watcher = watch()
    failed(api)
    call = watcher.session.call

    def breaking(method: str, path: str, body: object = None) -> object:
        if method == "POST":
            raise PlatformError("Airflow does not answer")
        return call(method, path, body)

    watcher.session.call = breaking  # type: ignore[method-assign]
    with pytest.raises(PlatformError):
        watcher.told()
    watcher.session.call = call  # type: ignore[method-assign]
    task, _ = watcher.events()
    assert task.error == "ValueError: the source is empty"


@pytest.mark.parametrize("seconds", [-7200.0, 7200.0])
def test_a_clock_of_airflow_that_differs_from_ours_changes_nothing(
    api: AirflowApi, watch: Watch, seconds: float
) -> None:
    api.beat(seconds)
    watcher = watch()
    assert watcher.told() == []
    failed(api)
    api.do("written_at", "orders", "one", ahead(seconds))
    assert watcher.told() == ["task-failed orders load one", "run-failed orders one"]
    assert watcher.told(later=20) == []


def test_a_worker_whose_clock_is_an_hour_behind_is_heard(api: AirflowApi, watch: Watch) -> None:
    watcher = watch()
    assert watcher.told() == []
    api.do("run", "orders", "one")
    api.log("orders", "one", "load", RAISED)
    api.fail("orders", "one", at=ahead(-3600))
    assert watcher.told() == ["task-failed orders load one"]


def test_a_run_that_is_cleared_and_fails_again_is_told_again(api: AirflowApi, watch: Watch) -> None:
    watcher = watch()
    failed(api)
    assert len(watcher.told()) == 2
    api.do("clear", "orders", "one")
    assert watcher.told(later=20) == []
    api.log("orders", "one", "load", RAISED, attempt=2)
    api.fail("orders", "one", attempt=2)
    api.end("orders", "one")
    task, run = watcher.events()
    assert (task.attempt, run.kind) == (2, Kind.RUN_FAILED)


def test_a_run_that_is_cleared_and_succeeds_is_a_recovery(api: AirflowApi, watch: Watch) -> None:
    watcher = watch()
    failed(api)
    watcher.told()
    api.do("clear", "orders", "one")
    api.do("end_task", "orders", "one", "load", "success", None, 2)
    api.end("orders", "one", "success")
    assert watcher.told() == ["run-recovered orders one"]


def test_a_run_that_somebody_marks_is_told_as_it_is_marked(api: AirflowApi, watch: Watch) -> None:
    watcher = watch()
    well(api, "one")
    assert watcher.told() == []
    api.end("orders", "one", "failed")
    assert watcher.told() == ["run-failed orders one"]
    api.end("orders", "one", "success")
    assert watcher.told() == ["run-recovered orders one"]


def test_a_task_that_somebody_marks_as_failed_days_later_is_told(api: AirflowApi, watch: Watch) -> None:
    watcher = watch()
    api.do("run", "orders", "one")
    api.do("end_task", "orders", "one", "load", "success", ahead(-300_000), 1)
    assert watcher.told() == []
    api.fail("orders", "one", at=ahead(-300_000))
    assert watcher.told() == [], "its log is looked at once more"
    assert watcher.told() == ["task-failed orders load one"]


def test_another_run_that_ends_well_is_no_recovery_while_the_one_with_the_failed_task_goes_on(
    api: AirflowApi, watch: Watch
) -> None:
    watcher = watch()
    api.do("run", "orders", "before")
    api.do("run", "orders", "one")
    api.log("orders", "one", "load", RAISED)
    api.fail("orders", "one")
    assert watcher.told() == ["task-failed orders load one"]
    api.end("orders", "before", "success")
    assert watcher.told() == []
    api.end("orders", "one", "success")
    assert watcher.told() == ["run-recovered orders one"]


def test_an_import_error_is_told_when_it_comes_and_when_it_is_gone(api: AirflowApi, watch: Watch) -> None:
    watcher = watch()
    trace = (
        'Traceback (most recent call last):\n  File "x.py", line 1, in <module>\n    import y\nKeyError: boom\nmore\n'
    )
    api.do("import_error", "production", "dags/x.py", trace)
    (event,) = watcher.events(later=20)
    assert (event.kind, event.subject, event.error) == (Kind.IMPORT_ERROR, "dags/x.py", "KeyError: boom")
    api.do("import_error", "production", "dags/x.py", trace)
    assert watcher.told(later=20) == [], "it was parsed again, and failed again"
    assert watch().told(later=20) == []
    api.do("import_error", "production", "dags/x.py", None)
    assert watcher.told(later=20) == ["import-fixed dags/x.py"]


def test_a_missed_deadline_is_told_once_and_ends_with_the_success_of_its_run(api: AirflowApi, watch: Watch) -> None:
    watcher = watch()
    api.do("run", "orders", "one")
    api.do("miss_deadline", "orders", "one", ahead(-1))
    (event,) = watcher.events(later=20)
    assert (event.kind, event.subject, event.run, event.severity) == (
        Kind.DEADLINE_MISSED,
        "orders",
        "one",
        Severity.CRITICAL,
    )
    assert "deadline was missed" in str(event.error)
    assert watcher.told(later=20) == []
    api.end("orders", "one", "success")
    assert watcher.told() == ["run-recovered orders one"]


def test_500_parts_of_a_task_that_fail_in_one_millisecond_are_told_with_few_questions(
    api: AirflowApi, watch: Watch
) -> None:
    watcher = watch()
    assert watcher.told() == []
    api.do("run", "orders", "one")
    api.do("map_task", "orders", "one", "load", 500, "failed")
    watcher.session.seen.clear()
    told = [*watcher.told(), *watcher.told()]
    assert len(set(told)) == len(told) == 500
    assert len(watcher.session.seen) < 60
    watcher.session.seen.clear()
    assert watcher.told(later=2) == []
    assert len(watcher.session.seen) <= 3, watcher.session.seen


def test_a_worker_whose_clock_is_behind_is_heard_in_a_storm_too_if_a_little_later(
    api: AirflowApi, watch: Watch
) -> None:
    watcher = watch()
    api.do("run", "orders", "one")
    api.do("map_task", "orders", "one", "load", 130, "failed")
    assert len({*watcher.told(), *watcher.told()}) == 130
    api.do("run", "sums", "two")
    api.log("sums", "two", "load", RAISED)
    api.fail("sums", "two", at=ahead(-3600))
    assert watcher.told(later=10) == ["task-failed sums load two"]


def test_a_poll_without_news_asks_two_questions_and_now_and_then_five(api: AirflowApi, watch: Watch) -> None:
    watcher = watch()
    watcher.told()
    watcher.session.seen.clear()
    watcher.told(later=2)
    assert len(watcher.session.seen) == 2
    watcher.session.seen.clear()
    watcher.told(later=10)
    assert len(watcher.session.seen) == 5


def test_a_log_that_comes_late_is_waited_for_once(api: AirflowApi, watch: Watch) -> None:
    watcher = watch()
    api.do("run", "orders", "one")
    api.fail("orders", "one")
    api.end("orders", "one")
    assert watcher.told() == []
    api.log("orders", "one", "load", RAISED)
    task, _ = watcher.events()
    assert task.error == "ValueError: the source is empty"


def test_one_that_failed_while_airflow_was_away_is_not_lost_while_its_log_is_waited_for(
    api: AirflowApi, watch: Watch
) -> None:
    watcher = watch()
    assert watcher.told() == []
    api.do("run", "orders", "one")
    api.fail("orders", "one")
    api.beat(3600)
    assert watcher.told(later=3600) == []
    assert watcher.told(later=20) == ["task-failed orders load one"]


def test_before_any_part_of_airflow_ran_there_is_nothing_to_tell(api: AirflowApi, watch: Watch) -> None:
    api.do("forget")
    assert watch().told() == []


def test_a_cursor_that_was_harmed_is_an_error_that_says_what_to_do(api: AirflowApi, watch: Watch) -> None:
    failed(api)
    watcher = watch()
    watcher.told()
    path = watcher.source._cursor._path
    path.write_text("{")
    with pytest.raises(IntegrityError, match="does not say how far") as caught:
        watch()
    assert "Remove it" in str(caught.value.hint)
