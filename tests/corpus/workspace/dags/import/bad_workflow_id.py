from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

with DAG("bad id!"):  # expect: import-error
    EmptyOperator(task_id="load")
