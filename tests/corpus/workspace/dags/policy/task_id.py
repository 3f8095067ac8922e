from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

with DAG("policy_task_id"):
    EmptyOperator(task_id="LoadOrders")  # expect: task-id
