"""Callbacks of a DAG that succeeds: a list of them, with the context of the last task."""

from airflow.sdk import dag, task


def first(context):
    assert context["dag_run"].dag_id == "callbacks_of_a_good_run"


def second(context):
    assert context["reason"] == "success"


@dag(on_success_callback=[first, second])
def callbacks_of_a_good_run():
    @task
    def work():
        return 1

    work()


callbacks_of_a_good_run()
