from datetime import datetime

from airflow.sdk import dag

from dags.ops.relative.steps import first, second


@dag(schedule=None, start_date=datetime(2025, 1, 1), catchup=False)
def ops_relative():
    second(first())


ops_relative()
