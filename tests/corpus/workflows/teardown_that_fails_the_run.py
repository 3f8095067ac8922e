"""`on_failure_fail_dagrun`: the failure of this teardown is that of the run."""

from airflow.sdk import dag, setup, task, teardown


@dag
def teardown_that_fails_the_run():
    @setup
    def make():
        return "made"

    @task
    def work():
        return "work"

    @teardown(on_failure_fail_dagrun=True)
    def clean():
        raise ValueError("cannot")

    made = make()
    made >> work() >> clean().as_teardown(setups=made)


teardown_that_fails_the_run()
