from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG("template_param", params={"table": "orders"}):
    BashOperator(task_id="load", bash_command="echo {{ params.tabel }}")  # expect: template-name?
