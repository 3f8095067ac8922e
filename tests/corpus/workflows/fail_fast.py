"""With `fail_fast` a failure skips what has not begun, but for teardowns."""

from airflow.sdk import dag, setup, task, teardown


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

    @teardown
    def clean():
        return "clean"

    @setup
    def make():
        return "made"

    fails()
    made = make()
    made >> slow() >> below_slow() >> clean().as_teardown(setups=made)


fail_fast()
