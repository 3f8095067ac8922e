from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

DEFAULTS = dict(retries=1, params={"api_key": "9aF3kQ7zX1mB5vT2wL8y"})  # expect: literal-secret

with DAG("secret_in_default_arguments", default_args=DEFAULTS):
    EmptyOperator(task_id="load")
