# expect-file: import-crash
import os
import signal

from airflow.sdk import dag, task


@dag
def kills_itself():
    @task
    def work(): ...

    work()


os.kill(os.getpid(), signal.SIGKILL)
