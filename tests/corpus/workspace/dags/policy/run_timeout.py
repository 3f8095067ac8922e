from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

with DAG("policy_run_timeout"):  # expect: run-timeout
    EmptyOperator(task_id="load")
