"""A branch in a mapped task group: each instance of it chooses, and skips nothing (Airflow 3.3)."""

from airflow.sdk import dag, task, task_group


@dag
def branch_in_a_mapped_group():
    @task.branch
    def choose(n):
        return "group.odd" if n % 2 else "group.even"

    @task
    def odd(n):
        return f"odd {n}"

    @task
    def even(n):
        return f"even {n}"

    @task_group
    def group(n):
        choose(n) >> [odd(n), even(n)]

    group.expand(n=[1, 2])


branch_in_a_mapped_group()
