from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG


def tell(): ...


DEFAULTS = {"on_failure_callback": [tell]}

with DAG("argument_of_a_callback", default_args=DEFAULTS):
    EmptyOperator(task_id="load")  # expect: argument-mismatch
