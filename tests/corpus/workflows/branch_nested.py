"""A branch below a branch."""

from airflow.sdk import dag, task


@dag(params={"outer": "inner", "inner": "b"})
def branch_nested():
    @task.branch
    def outer(params):
        return params["outer"]

    @task.branch
    def inner(params):
        return params["inner"]

    @task
    def a():
        return "a"

    @task
    def b():
        return "b"

    @task
    def c():
        return "c"

    @task(trigger_rule="none_failed_min_one_success")
    def join():
        return "joined"

    choice = inner()
    outer() >> [choice, a()]
    last = join()
    choice >> [b(), c()] >> last
    last.operator.dag.get_task("a") >> last


branch_nested()
