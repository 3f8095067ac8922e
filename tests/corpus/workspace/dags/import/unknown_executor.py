# expect-file: import-error
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

with DAG("unknown_executor"):
    EmptyOperator(task_id="load", executor="NoSuchExecutor")
