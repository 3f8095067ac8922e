from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG("policy_retries"):
    BashOperator(task_id="load", bash_command="load", retries=50)  # expect: retries
