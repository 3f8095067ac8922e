"""`>>`, lists, `chain`, `cross_downstream` and `chain_linear`."""

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import chain, chain_linear, cross_downstream, dag


@dag
def dependencies_of_classic_operators():
    def work(name):
        return PythonOperator(task_id=name, python_callable=lambda: name)

    first, last = EmptyOperator(task_id="first"), EmptyOperator(task_id="last")
    left, right, low, high = map(work, ("left", "right", "low", "high"))
    first >> [left, right]
    cross_downstream([left, right], [low, high])
    chain([low, high], last)
    chain_linear(last, work("after"), work("end"))


dependencies_of_classic_operators()
