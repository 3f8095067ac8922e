"""`expand` over the output of a task that failed, was skipped, or returned no list."""

from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowSkipException


@dag
def mapped_over_what_never_came():
    @task
    def fails():
        raise ValueError("no list")

    @task
    def skips():
        raise AirflowSkipException

    @task
    def number():
        return 7

    @task
    def nothing():
        return None

    @task
    def each(item):
        return item

    for source in (fails, skips, number, nothing):
        each.override(task_id=f"each_of_{source.function.__name__}").expand(item=source())


mapped_over_what_never_came()
