"""A short circuit that goes on, and one that does not: all that is below is skipped, whatever its trigger rule."""

from airflow.sdk import dag, task


@dag(params={"go": True})
def short_circuit():
    @task.short_circuit
    def check(params):
        return params["go"]

    @task
    def work():
        return "work"

    @task(trigger_rule="all_done")
    def last():
        return "last"

    @task
    def beside():
        return "beside"

    check() >> work() >> last()
    beside()


short_circuit()
