from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

with DAG("PolicyWorkflowId"):  # expect: workflow-id
    EmptyOperator(task_id="load")
