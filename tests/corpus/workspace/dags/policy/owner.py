from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

with DAG("policy_owner"):  # expect: owner
    EmptyOperator(task_id="load")
