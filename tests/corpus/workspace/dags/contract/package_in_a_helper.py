from airflow.sdk import dag, task
from lib.limits import frame


@dag
def package_in_a_helper():
    @task
    def load():
        return len(frame())

    load()


package_in_a_helper()
