from airflow.operators.bash_operator import BashOperator  # expect: AIR302, import-error
from airflow.sdk import DAG

with DAG("removed_module"):
    BashOperator(task_id="hello", bash_command="echo hello")
