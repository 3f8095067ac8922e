from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG


def load(table, rows):
    return table, rows


with DAG("argument_missing"):
    PythonOperator(task_id="load", python_callable=load, op_args=["orders"])  # expect: argument-mismatch
