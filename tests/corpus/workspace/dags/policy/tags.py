from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

with DAG("policy_tags"):  # expect: tags
    EmptyOperator(task_id="load")
