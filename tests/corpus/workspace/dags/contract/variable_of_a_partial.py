from functools import partial

from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, Variable


def load(key, ds=None):
    return Variable.get(key), ds  # expect: missing-variable


with DAG("variable_of_a_partial"):
    PythonOperator(task_id="load", python_callable=partial(load, "batch_sise"))
