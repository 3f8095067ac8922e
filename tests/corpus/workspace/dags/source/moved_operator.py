from airflow.operators.bash import BashOperator  # expect: AIR312
from airflow.sdk import DAG

with DAG("moved_operator"):
    BashOperator(task_id="hello", bash_command="echo hello")
