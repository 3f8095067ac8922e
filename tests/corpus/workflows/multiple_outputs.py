"""One XCom for each key, said and inferred from the type; a value that is no mapping."""

from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import dag, task


@dag
def multiple_outputs():
    @task(multiple_outputs=True)
    def said():
        return {"a": 1, "b": 2}

    @task
    def inferred() -> dict[str, int]:
        return {"c": 3}

    @task(multiple_outputs=True)
    def no_mapping():
        return 5

    @task
    def add(a, c):
        return a + c

    PythonOperator(task_id="chained", python_callable=lambda n: n, op_args=[add(said()["a"], inferred()["c"])])
    no_mapping()


multiple_outputs()
