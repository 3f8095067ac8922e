from functools import partial

from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG


class Loader:
    def load(self, table, rows, *, mode): ...


with DAG("argument_of_a_partial"):
    PythonOperator(task_id="load", python_callable=partial(Loader().load, "orders", mode="full"))  # expect: argument-mismatch
