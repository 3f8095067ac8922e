from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG("policy_execution_timeout"):
    BashOperator(task_id="load", bash_command="load")  # expect: execution-timeout
