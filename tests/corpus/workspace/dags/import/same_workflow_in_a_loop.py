from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG


def make(name):
    with DAG(f"loop_{name.lower()}") as dag:  # expect: duplicate-workflow
        EmptyOperator(task_id="load")
    return dag


for name in ("orders", "Orders"):
    globals()[f"dag_{name}"] = make(name)
