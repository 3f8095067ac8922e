"""A task that skips itself, one that does so after a push, and a mapped one of which one does."""

from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowSkipException


@dag
def skip_exceptions():
    @task
    def skips(ti):
        ti.xcom_push("before", 1)
        raise AirflowSkipException("not today")

    @task
    def below():
        return "below"

    @task(trigger_rule="none_failed")
    def none_failed():
        return "none failed"

    @task
    def each(number):
        if number == 2:
            raise AirflowSkipException
        return number

    @task(trigger_rule="none_failed")
    def rest(numbers):
        return list(numbers)

    skips() >> [below(), none_failed()]
    rest(each.expand(number=[1, 2, 3]))


skip_exceptions()
