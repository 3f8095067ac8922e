"""A workflow that runs, but that no scheduler could read."""

from airflow.sdk import dag, task


@dag
def workflow_that_cannot_be_serialized():
    @task
    def numbers():
        return [1]

    @task
    def show(item):
        return item

    show.expand(item=numbers().map(str))


workflow_that_cannot_be_serialized()
