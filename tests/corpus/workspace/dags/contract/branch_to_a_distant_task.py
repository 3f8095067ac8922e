from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import BranchPythonOperator
from airflow.sdk import DAG


def choose():
    return "far"  # expect: branch-task


with DAG("branch_to_a_distant_task"):
    branch = BranchPythonOperator(task_id="branch", python_callable=choose)
    branch >> EmptyOperator(task_id="near") >> EmptyOperator(task_id="far")
