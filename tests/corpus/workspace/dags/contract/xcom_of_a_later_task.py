from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG("xcom_of_a_later_task"):
    load = BashOperator(task_id="load", bash_command="echo {{ ti.xcom_pull(task_ids='extract') }}")  # expect: xcom-order
    extract = BashOperator(task_id="extract", bash_command="echo 1")
    load >> extract
