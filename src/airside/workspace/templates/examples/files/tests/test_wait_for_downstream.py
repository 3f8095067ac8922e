import pytest

from dags.wait_for_downstream import load, report, workflow


def test_the_report_of_the_first_day_fails_once():
    with pytest.raises(ValueError, match="did not add up"):
        report.function("2026-01-01", "1")
    assert report.function("2026-01-01", "2") == "reported 2026-01-01"


def test_the_table_is_loaded_at_once():
    assert load.function("2026-01-01") == "loaded 2026-01-01"


def test_only_the_load_waits_for_the_day_before():
    first, second = workflow.get_task("load"), workflow.get_task("report")
    assert first.wait_for_downstream
    assert first.depends_on_past, "Airflow sets it with wait_for_downstream"
    assert not second.depends_on_past
    assert first.downstream_task_ids == {"report"}
