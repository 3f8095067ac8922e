"""A branch that chooses a task group, one in another."""

from airflow.sdk import dag, task, task_group


@dag(params={"way": "first"})
def branch_into_groups():
    @task.branch
    def choose(params):
        return params["way"]

    @task
    def begin():
        return "begin"

    @task
    def work():
        return "work"

    @task_group
    def first():
        begin() >> work()

    @task_group
    def second():
        @task_group
        def inner():
            begin() >> work()

        inner()

    @task(trigger_rule="none_failed")
    def last():
        return "last"

    choose() >> [first(), second()] >> last()


branch_into_groups()
