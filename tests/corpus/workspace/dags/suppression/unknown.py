# expect-at 7: unknown-rule
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

with DAG("suppression_unknown"):
    EmptyOperator(task_id="load")
    EmptyOperator(task_id="summary")  # airside: ignore[missing-pol] the pool comes later
