"""With `fail_fast` a failure skips what has not begun, but for teardowns."""

from airflow.sdk import dag, task


@dag(fail_fast=True)
def fail_fast():
    @task
    def fails():
        raise RuntimeError("stop")

    @task
    def slow():
        return "slow"

    @task
    def below_slow():
        return "never"

    @task.teardown(on_failure_fail_dagrun=False)
    def clean():
        return "clean"

    @task.setup
    def make():
        return "made"

    fails()
    made = make()
    made >> slow() >> below_slow() >> clean().as_teardown(setups=made)


fail_fast()
