import sys

from airflow.sdk import dag, task


@dag
def exits():
    @task
    def work(): ...

    work()


sys.exit("not today")  # expect: import-error
