from dags.sensor import downstream, report, store, upstream


def test_the_sensor_looks_at_a_task_that_exists():
    wait = downstream.get_task("wait_for_orders")
    assert wait.external_dag_id == upstream.dag_id
    assert upstream.has_task(wait.external_task_id)


def test_both_workflows_have_the_same_schedule_for_the_sensor_looks_at_the_same_day():
    assert upstream.timetable == downstream.timetable


def test_the_sensor_holds_no_worker_and_does_not_wait_for_ever():
    wait = downstream.get_task("wait_for_orders")
    assert wait.mode == "reschedule"
    assert wait.timeout <= 24 * 3600


def test_the_tasks_say_what_they_did():
    assert store.function("2026-01-01") == "stored the orders of 2026-01-01"
    assert report.function("2026-01-01") == "reported on the orders of 2026-01-01"
