from airflow.sdk import Variable, dag, task


@dag
def variable_of_a_default():
    @task
    def load(key="batch_sise"):
        return Variable.get(key)  # expect: missing-variable

    load()


variable_of_a_default()
