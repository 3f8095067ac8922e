from airflow.operators.bash_operator import BashOperator  # expect: import-error
from airflow.sdk import DAG

with DAG("removed_module"):
    BashOperator(task_id="hello", bash_command="echo hello")  # expect: AIR302
