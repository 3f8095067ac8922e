from airflow.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG("moved_operator"):
    BashOperator(task_id="hello", bash_command="echo hello")  # expect: AIR312
