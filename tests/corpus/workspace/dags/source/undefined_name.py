from airflow.sdk import dag, task


@dag
def undefined_name():
    @task
    def count():
        return len(rowz)  # expect: F821

    count()


undefined_name()
