from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

with DAG("bad_trigger_rule"):
    EmptyOperator(task_id="load", trigger_rule="all_succes")  # expect: import-error
