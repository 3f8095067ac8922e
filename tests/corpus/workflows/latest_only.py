"""`LatestOnlyOperator`: a run made by hand goes on whatever its date."""

from datetime import datetime, timedelta

from airflow.providers.standard.operators.latest_only import LatestOnlyOperator
from airflow.sdk import dag, task


@dag(schedule=timedelta(days=1), start_date=datetime(2026, 1, 1), catchup=False)
def latest_only():
    @task
    def work():
        return "work"

    @task(trigger_rule="all_done")
    def last():
        return "last"

    LatestOnlyOperator(task_id="latest") >> work() >> last()


latest_only()
