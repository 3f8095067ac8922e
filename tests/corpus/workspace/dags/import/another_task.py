# expect-file: unstable-workflow
import uuid

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

with DAG("another_task"):
    EmptyOperator(task_id=f"load_{uuid.uuid4().hex}")
