"""A mapped group over an empty list, and what is below it."""

from airflow.sdk import dag, task, task_group


@dag
def mapped_group_over_nothing():
    @task
    def none():
        return []

    @task
    def first(item):
        return item

    @task(trigger_rule="all_done")
    def second():
        return "second"

    @task_group
    def group(item):
        first(item) >> second()

    @task(trigger_rule="none_failed")
    def last():
        return "last"

    group.expand(item=none()) >> last()


mapped_group_over_nothing()
