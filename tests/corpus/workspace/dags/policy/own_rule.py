from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

with DAG("policy_own_rule"):  # expect: one-team-each
    EmptyOperator(task_id="load")
