from pathlib import Path

from airflow.sdk import dag, task


@dag
def reads_the_machine():
    @task
    def work():
        return machine

    work()


machine = Path("/etc/hostname").read_text()  # expect: read-at-import
reads_the_machine()
