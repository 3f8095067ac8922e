from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG("xcom_of_no_task"):
    extract = BashOperator(task_id="extract", bash_command="echo 1")
    load = BashOperator(task_id="load", bash_command="echo {{ ti.xcom_pull(task_ids='extrakt') }}")  # expect: xcom-task
    extract >> load
