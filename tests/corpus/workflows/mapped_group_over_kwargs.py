"""`expand_kwargs` of a group over an output."""

from airflow.sdk import dag, task, task_group


@dag
def mapped_group_over_kwargs():
    @task
    def makes():
        return [{"name": "a", "size": 1}, {"name": "b", "size": 2}]

    @task
    def say(name, size):
        return name * size

    @task_group
    def group(name, size):
        say(name, size)

    group.expand_kwargs(makes())


mapped_group_over_kwargs()
