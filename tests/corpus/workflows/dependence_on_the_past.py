"""The first run of a workflow whose tasks depend on the one before."""

from datetime import datetime

from airflow.sdk import dag, task


@dag(schedule="@daily", start_date=datetime(2026, 1, 1), default_args={"depends_on_past": True})
def dependence_on_the_past():
    @task
    def first():
        return "first"

    @task(wait_for_downstream=True)
    def second(value):
        return f"{value} second"

    second(first())


dependence_on_the_past()
