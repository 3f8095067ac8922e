# expect-at 6: ignore-reason
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

with DAG("without_reason"):
    EmptyOperator(task_id="load", pool="later")  # airside: ignore[missing-pool]
