import time

from airflow.sdk import dag, task


@dag
def waits():
    @task
    def work(): ...

    work()


time.sleep(0.2)  # expect: sleep-at-import
waits()
