from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG("connection_in_a_template"):
    BashOperator(task_id="ping", bash_command="ping {{ conn.warehaus.host }}")  # expect: missing-connection
