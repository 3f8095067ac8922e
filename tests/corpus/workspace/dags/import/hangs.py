# expect-file: import-timeout
import threading

from airflow.sdk import dag, task


@dag
def hangs():
    @task
    def work(): ...

    work()


hangs()
while not threading.Event().is_set():
    pass
