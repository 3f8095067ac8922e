from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

with DAG("same_task_twice"):
    EmptyOperator(task_id="load")
    EmptyOperator(task_id="load")  # expect: import-error
