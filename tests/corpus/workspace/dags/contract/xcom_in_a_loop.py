from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, task

TABLES = ["orders", "customers"]

with DAG("xcom_in_a_loop"):

    @task
    def summary(ti=None):
        rows = {}
        for table in TABLES:
            rows[table] = ti.xcom_pull(task_ids=f"lod_{table}")  # expect: xcom-task?
        return rows

    [EmptyOperator(task_id=f"load_{table}") for table in TABLES] >> summary()
