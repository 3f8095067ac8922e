"""A task group that is mapped, and a task that gathers what came of it."""

from airflow.sdk import dag, task, task_group


@dag
def mapped_group():
    @task
    def numbers():
        return [1, 2, 3]

    @task
    def double(number):
        return number * 2

    @task
    def text(number, doubled):
        return f"{number}:{doubled}"

    @task_group
    def group(number):
        return text(number, double(number))

    @task
    def gather(texts):
        return list(texts)

    gather(group.expand(number=numbers()))


mapped_group()
