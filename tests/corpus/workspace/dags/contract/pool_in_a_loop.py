from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

POOLS = {"daily": "reports", "weekly": "repotrs"}  # expect: missing-pool

with DAG("pool_in_a_loop"):
    for name, pool in POOLS.items():
        EmptyOperator(task_id=name, pool=pool)
