from airflow.sdk import Variable, dag, task


@dag
def variable_in_a_task():
    @task
    def load():
        return Variable.get("batch_sise")  # expect: missing-variable

    load()


variable_in_a_task()
