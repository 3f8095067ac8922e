from functools import partial

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, Variable


def tell(context, key):
    print(context["run_id"], Variable.get(key))  # expect: missing-variable


with DAG("variable_in_a_callback", on_failure_callback=[partial(tell, key="reciepients")]):
    EmptyOperator(task_id="load")
