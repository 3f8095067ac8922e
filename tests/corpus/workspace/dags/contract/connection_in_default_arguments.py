from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.sdk import DAG

DEFAULTS = {
    "retries": 2,
    "conn_id": "warehaus",  # expect: missing-connection
}

with DAG("connection_in_default_arguments", default_args={**DEFAULTS, "retries": 1}):
    SQLExecuteQueryOperator(task_id="load", sql="select 1")
