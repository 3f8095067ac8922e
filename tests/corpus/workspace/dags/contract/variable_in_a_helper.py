from airflow.sdk import dag, task
from lib.limits import batch_limit


@dag
def variable_in_a_helper():
    @task
    def load():
        return batch_limit()

    load()


variable_in_a_helper()
