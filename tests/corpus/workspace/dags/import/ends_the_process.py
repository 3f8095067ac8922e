# expect-file: import-crash
import os

from airflow.sdk import dag, task


@dag
def ends_the_process():
    @task
    def work(): ...

    work()


os._exit(3)
