from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

with DAG("of_two"):  # expect: duplicate-workflow
    EmptyOperator(task_id="load")
