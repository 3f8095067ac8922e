from datetime import datetime

from airflow.sdk import dag, task


@dag(start_date=datetime.now(), schedule="@daily")  # noqa: DTZ005
def another_start_date():
    @task
    def work(): ...

    work()


another_start_date()
# expect-file: unstable-workflow
