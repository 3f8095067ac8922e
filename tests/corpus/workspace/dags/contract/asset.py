from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, Asset

with DAG("asset", schedule=[Asset("s3://lake/no_such_table")]):  # expect: missing-asset?
    EmptyOperator(task_id="load", outlets=[Asset("s3://lake/orders")])
