from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG("template_syntax"):
    BashOperator(task_id="load", bash_command="echo {{ ds }")  # expect: template-syntax
