"""Empty operators only: the scheduler ends them itself."""

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import Asset, dag


@dag
def run_of_nothing():
    EmptyOperator(task_id="first") >> EmptyOperator(task_id="second", outlets=[Asset("made", uri="x://made")])


run_of_nothing()
