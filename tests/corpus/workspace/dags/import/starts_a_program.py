import subprocess

from airflow.sdk import dag, task


@dag
def starts_a_program():
    @task
    def work():
        return version

    work()


version = subprocess.run(["/bin/true"], check=True)  # expect: process-at-import
starts_a_program()
