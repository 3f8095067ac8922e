import os

from airflow.sdk import dag, task


@dag
def environment_variable():
    @task
    def load():
        return os.environ["NO_SUCH_SETTING"]  # expect: missing-environment-variable?

    load()


environment_variable()
