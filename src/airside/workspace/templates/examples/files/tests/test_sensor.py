DAY = "2026-01-01"


def test_the_report_is_made_once_the_orders_of_the_same_day_are_stored(dag_run):
    run = dag_run("sensor_report", logical_date=DAY, counts={"sensor_orders.store": "success"})
    run.assert_success()
    assert "sensor_orders" in run["wait_for_orders"].log
    assert run["report"].output == f"reported on the orders of {DAY}"


def test_it_does_not_wait_for_what_will_not_come(dag_run):
    run = dag_run("sensor_report", logical_date=DAY, counts={"sensor_orders.store": "failed"})
    run.assert_failed("wait_for_orders")
    assert run["report"].state == "upstream_failed"


def test_the_orders_are_stored(dag_run):
    assert dag_run("sensor_orders", logical_date=DAY)["store"].output == f"stored the orders of {DAY}"


def test_the_sensor_holds_no_worker_and_looks_at_the_same_day():
    from dags.sensor import downstream, upstream

    wait = downstream.get_task("wait_for_orders")
    assert wait.mode == "reschedule"
    assert wait.timeout <= 24 * 3600
    assert upstream.has_task(wait.external_task_id)
    assert upstream.timetable == downstream.timetable
