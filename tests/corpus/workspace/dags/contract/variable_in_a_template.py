from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG("variable_in_a_template"):
    BashOperator(task_id="load", bash_command="load {{ var.value.batch_sise }}")  # expect: missing-variable
