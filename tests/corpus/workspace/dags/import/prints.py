# expect-file: import-output
from airflow.sdk import dag, task


@dag
def prints():
    @task
    def work(): ...

    work()


print("rows " * 1_000_000)
prints()
