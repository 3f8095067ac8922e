from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG("unknown_argument"):
    BashOperator(task_id="load", bash_comand="echo hello")  # expect: import-error
