"""A failure that a task below makes good, and one that none does."""

from airflow.sdk import dag, task


@dag(params={"watched": False})
def ends_of_a_run():
    @task
    def fails():
        raise ValueError("no")

    @task(trigger_rule="all_done")
    def summary():
        return "summary"

    @task.short_circuit
    def watched(params):
        return params["watched"]

    @task(trigger_rule="one_failed")
    def watcher():
        raise RuntimeError("something failed")

    failed = fails()
    failed >> summary()
    watched() >> watcher() << failed


ends_of_a_run()
