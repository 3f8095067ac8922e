from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

with DAG("policy_test_exists"):  # expect: test-exists
    EmptyOperator(task_id="load")
