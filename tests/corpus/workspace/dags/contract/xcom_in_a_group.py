from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, TaskGroup

with DAG("xcom_in_a_group"), TaskGroup("orders"):
    extract = BashOperator(task_id="extract", bash_command="echo 1")
    extract >> BashOperator(
        task_id="load",
        bash_command="load",
        env={"ROWS": "{{ ti.xcom_pull(task_ids='extract') }}"},  # expect: xcom-task
    )
