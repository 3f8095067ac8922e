from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

with DAG("pool"):
    EmptyOperator(task_id="load", pool="warehaus")  # expect: missing-pool
