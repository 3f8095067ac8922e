"""Tasks whose start and end dates leave them out of a run."""

from datetime import datetime

from airflow.sdk import dag, task


@dag(start_date=datetime(2025, 1, 1))
def tasks_that_begin_later():
    @task
    def always():
        return "always"

    @task(start_date=datetime(2026, 6, 1))
    def from_june():
        return "from June"

    @task(end_date=datetime(2026, 6, 1))
    def until_june():
        return "until June"

    @task(trigger_rule="none_failed")
    def last():
        return "last"

    [always(), until_june()] >> last()
    from_june()


tasks_that_begin_later()
