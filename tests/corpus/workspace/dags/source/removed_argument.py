from airflow.sdk import DAG
from airflow.providers.standard.operators.empty import EmptyOperator

with DAG("removed_argument", schedule_interval="@daily"):  # expect: AIR301, import-error
    EmptyOperator(task_id="nothing")
