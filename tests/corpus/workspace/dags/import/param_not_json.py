from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

with DAG("param_not_json", params={"when": {1, 2}}):  # expect: import-error
    EmptyOperator(task_id="load")
