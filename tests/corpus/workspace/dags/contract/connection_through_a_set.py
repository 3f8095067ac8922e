from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

COMMAND = """
{% set connection = conn['warehaus'] %}
ping {{ connection.host }}
"""

with DAG("connection_through_a_set"):
    BashOperator(task_id="ping", bash_command=COMMAND)
# expect-at 5: missing-connection
