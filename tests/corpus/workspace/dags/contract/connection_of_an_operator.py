from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.sdk import DAG

with DAG("connection_of_an_operator"):
    SQLExecuteQueryOperator(
        task_id="load",
        conn_id="warehaus",  # expect: missing-connection
        sql="select 1",
    )
