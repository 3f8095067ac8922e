import os

from airflow.sdk import dag, task


@dag
def forks():
    @task
    def work(): ...

    work()


if os.fork() == 0:  # expect: process-at-import
    while True:
        pass
forks()
