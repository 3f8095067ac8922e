from dags.wait_for_downstream import report, workflow


def test_the_table_is_loaded_at_once_and_the_report_of_the_first_day_fails(dag_run):
    run = dag_run("wait_for_downstream", logical_date="2026-01-01")
    assert run["load"].output == "loaded 2026-01-01"
    run.assert_failed("report", match="did not add up")


def test_a_second_attempt_and_the_other_days_succeed(dag_run):
    assert report.function("2026-01-01", "2") == "reported 2026-01-01"
    assert dag_run("wait_for_downstream", logical_date="2026-01-02")["report"].output == "reported 2026-01-02"


def test_only_the_load_waits_for_the_day_before():
    first, second = workflow.get_task("load"), workflow.get_task("report")
    assert first.wait_for_downstream
    assert first.depends_on_past, "Airflow sets it with wait_for_downstream"
    assert not second.depends_on_past
