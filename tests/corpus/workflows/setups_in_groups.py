"""Two setups, one in the scope of the other, in a group; a setup that is skipped."""

from airflow.sdk import dag, setup, task, task_group, teardown
from airflow.sdk.exceptions import AirflowSkipException


@dag
def setups_in_groups():
    @setup
    def cluster():
        return "cluster"

    @teardown
    def no_cluster():
        return "no cluster"

    @setup
    def optional():
        raise AirflowSkipException

    @teardown
    def no_optional():
        return "never"

    @task
    def work(name):
        return name

    @task_group
    def steps():
        work("a") >> work("b")

    @task
    def after():
        return "after"

    with no_cluster().as_teardown(setups=cluster()) as scope:
        group = steps()
        with no_optional().as_teardown(setups=optional()):
            work.override(task_id="never")("c")
    group >> after()


setups_in_groups()
