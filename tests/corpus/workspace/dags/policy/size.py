from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

with DAG("policy_size"):  # expect: size
    for number in range(6):
        EmptyOperator(task_id=f"load_{number}")
