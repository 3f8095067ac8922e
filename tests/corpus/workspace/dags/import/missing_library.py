import no_such_library  # expect: import-error
from airflow.sdk import dag, task


@dag
def missing_library():
    @task
    def work():
        return no_such_library.rows()

    work()


missing_library()
