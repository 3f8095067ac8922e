from datetime import datetime

from airflow.sdk import DAG, task
from dags.lookups import TABLES, columns

with DAG("uses_lookups", schedule="@daily", start_date=datetime(2025, 1, 1), catchup=False) as dag:
    for table in TABLES:

        @task(task_id=f"load_{table}")
        def load(name: str = table) -> list[str]:
            return columns(name)

        @task(task_id=f"check_{table}")
        def check(found: list[str], table=table, ti=None):
            return ti.xcom_pull(task_ids=f"load_{table}") == found

        check(load())
