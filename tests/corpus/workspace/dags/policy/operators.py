from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG("policy_operators"):
    BashOperator(task_id="load", bash_command="load")  # expect: operators
