from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG("template_file"):
    BashOperator(task_id="load", bash_command="scripts/no_such_script.sh")  # expect: missing-template
