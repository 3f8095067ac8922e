"""Makes only the workflow that is asked for, where Airflow says which."""

from datetime import datetime

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, get_parsing_context

current = get_parsing_context().dag_id

for name in ("left", "right"):
    dag_id = f"parsing_{name}"
    if current is not None and current != dag_id:
        continue
    with DAG(dag_id, schedule="@daily", start_date=datetime(2025, 1, 1), catchup=False) as dag:
        EmptyOperator(task_id="work")
    globals()[dag_id] = dag
