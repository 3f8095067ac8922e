"""`expand_kwargs` over a list in the file and over an output."""

from airflow.sdk import dag, task


@dag
def mapped_with_kwargs():
    @task
    def makes():
        return [{"a": 1, "b": 2}, {"a": 3, "b": 4}]

    @task
    def add(a, b):
        return a + b

    add.expand_kwargs([{"a": 10, "b": 1}, {"a": 20, "b": 2}])
    add.override(task_id="more").expand_kwargs(makes())


mapped_with_kwargs()
