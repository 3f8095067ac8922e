"""A branch that follows or skips a mapped task, and a task below it."""

from airflow.sdk import dag, task


@dag(params={"way": "each"})
def branch_onto_mapped_tasks():
    @task.branch
    def choose(params):
        return params["way"]

    @task
    def numbers():
        return [1, 2]

    @task
    def each(number):
        return number * 10

    @task
    def other():
        return "other"

    @task(trigger_rule="none_failed")
    def last(values):
        return list(values or [])

    mapped = each.expand(number=numbers())
    choose() >> [mapped, other()]
    last(mapped)


branch_onto_mapped_tasks()
