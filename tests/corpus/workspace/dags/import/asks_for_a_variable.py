from airflow.sdk import Variable, dag, task


@dag
def asks_for_a_variable():
    @task
    def work():
        return limit

    work()


limit = Variable.get("batch_size")  # expect: variable-at-import
asks_for_a_variable()
