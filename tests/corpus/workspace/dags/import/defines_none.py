# expect-file: no-workflow
from airflow.sdk import dag, task


@dag
def defines_none():
    @task
    def work(): ...

    work()
