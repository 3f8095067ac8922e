from datetime import UTC, datetime

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

with DAG("policy_catchup", schedule="@daily", start_date=datetime(2026, 1, 1, tzinfo=UTC), catchup=True):  # expect: catchup
    EmptyOperator(task_id="load")
