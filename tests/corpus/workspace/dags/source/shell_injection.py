import subprocess

from airflow.sdk import dag, task


@dag
def shell_injection():
    @task
    def run(name: str = "x"):
        subprocess.run(f"echo {name}", shell=True, check=True)  # expect: S602

    run()


shell_injection()
