from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

with DAG("policy_shape"):  # expect: shape
    EmptyOperator(task_id="load")
