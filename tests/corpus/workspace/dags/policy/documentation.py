from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

with DAG("policy_documentation"):  # expect: documentation
    EmptyOperator(task_id="load")
