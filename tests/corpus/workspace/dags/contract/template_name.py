from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG("template_name"):
    BashOperator(task_id="load", bash_command="echo {{ exec_date }}")  # expect: template-name
