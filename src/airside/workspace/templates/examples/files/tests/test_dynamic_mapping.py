from airflow.sdk.definitions.mappedoperator import MappedOperator

from dags.dynamic_mapping import list_files, rows_of, total, workflow


def test_the_rows_of_all_files_are_added_up():
    assert list_files.function() == ["berlin.csv", "paris.csv", "rome.csv"]
    assert total.function([rows_of(file) for file in list_files.function()]) == 12


def test_a_day_without_files_has_the_total_0():
    assert total.function([]) == 0


def test_the_count_is_mapped():
    assert isinstance(workflow.get_task("count"), MappedOperator)
    assert workflow.get_task("total").upstream_task_ids == {"count"}
