from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG


def load(table):
    return table


with DAG("argument"):
    PythonOperator(task_id="load", python_callable=load, op_kwargs={"tabel": "orders"})  # expect: argument-mismatch
