from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG


def load(table, rows=0): ...


with DAG("argument_of_a_mapped_task"):
    PythonOperator.partial(task_id="load", python_callable=load).expand(
        op_kwargs=[{"table": "orders"}, {"tabel": "customers"}]  # expect: argument-mismatch
    )
