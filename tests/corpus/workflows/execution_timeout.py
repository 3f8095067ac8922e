"""A task that takes longer than it may."""

import time
from datetime import timedelta

from airflow.sdk import dag, task


@dag
def execution_timeout():
    @task(execution_timeout=timedelta(milliseconds=300), retries=1)
    def slow():
        time.sleep(20)

    @task(execution_timeout=timedelta(minutes=1))
    def quick():
        return "quick"

    slow()
    quick()


execution_timeout()
