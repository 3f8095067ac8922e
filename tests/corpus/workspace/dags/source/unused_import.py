import json  # expect: F401

from airflow.sdk import dag, task


@dag
def unused_import():
    @task
    def work(): ...

    work()


unused_import()
