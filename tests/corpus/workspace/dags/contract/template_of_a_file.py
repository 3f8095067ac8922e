from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.sdk import DAG

with DAG("template_of_a_file"):
    SQLExecuteQueryOperator(task_id="load", conn_id="warehouse", sql=["select 1", "sql/load.sql"])
