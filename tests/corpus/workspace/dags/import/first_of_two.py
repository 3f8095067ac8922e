from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

with DAG("of_two"):
    EmptyOperator(task_id="load")
