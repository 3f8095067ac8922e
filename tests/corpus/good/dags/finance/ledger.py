"""Imports a sibling by its name from the workspace, and another file's constant."""

from datetime import datetime

from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG
from dags.common import dates
from dags.common.naming import TABLES, task_id
from dags.finance.shared import owner


def post(table, *, day, dry=False):
    return dates.shift(day, 1) if dry else table


with DAG(
    "ledger",
    schedule="@weekly",
    start_date=datetime(2025, 1, 1),
    catchup=False,
    default_args={"owner": owner()},
):
    previous = None
    for table in TABLES:
        current = PythonOperator(
            task_id=task_id("post", table),
            python_callable=post,
            op_args=(table,),
            op_kwargs=dict(day="{{ ds }}", dry="{{ params.get('dry', False) }}"),
        )
        if previous is not None:
            previous >> current
        previous = current
