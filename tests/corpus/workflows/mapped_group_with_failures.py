"""In a mapped group each instance goes its own way."""

from airflow.sdk import dag, task, task_group
from airflow.sdk.exceptions import AirflowSkipException


@dag
def mapped_group_with_failures():
    @task
    def check(number):
        if number == 1:
            raise ValueError("one")
        if number == 2:
            raise AirflowSkipException
        return number

    @task
    def use(number):
        return number * 10

    @task(trigger_rule="one_failed")
    def mend(number):
        return f"mended {number}"

    @task_group
    def group(number):
        checked = check(number)
        use(checked)
        checked >> mend(number)

    @task(trigger_rule="all_done")
    def last():
        return "last"

    group.expand(number=[1, 2, 3]) >> last()


mapped_group_with_failures()
