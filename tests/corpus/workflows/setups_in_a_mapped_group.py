"""A setup and a teardown for each instance of a mapped group."""

from airflow.sdk import dag, setup, task, task_group, teardown


@dag
def setups_in_a_mapped_group():
    @setup
    def make(name):
        if name == "bad":
            raise ValueError(name)
        return f"{name} made"

    @task
    def use(made):
        return f"{made}, used"

    @teardown
    def clean(name):
        return f"{name} cleaned"

    @task_group
    def group(name):
        made = make(name)
        made >> use(made) >> clean(name).as_teardown(setups=made)

    group.expand(name=["good", "bad"])


setups_in_a_mapped_group()
