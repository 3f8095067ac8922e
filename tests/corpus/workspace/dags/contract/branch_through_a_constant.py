from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import BranchPythonOperator
from airflow.sdk import DAG

WAYS = {"small": "load", "large": "load_in_partz"}


def choose(rows):
    way = "small" if rows < 10 else "large"
    return WAYS[way]  # expect: branch-task


with DAG("branch_through_a_constant"):
    branch = BranchPythonOperator(task_id="branch", python_callable=choose, op_args=[3])
    branch >> [EmptyOperator(task_id="load"), EmptyOperator(task_id="load_in_parts")]
