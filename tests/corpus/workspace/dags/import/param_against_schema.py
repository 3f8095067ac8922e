# expect-file: import-error
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, Param

with DAG("param_against_schema", schedule="@daily", params={"rows": Param("many", type="integer")}):
    EmptyOperator(task_id="load")
