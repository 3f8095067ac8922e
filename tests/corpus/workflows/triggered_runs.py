"""`TriggerDagRunOperator`: with a conf, and one that waits for the run."""

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import dag, task


@dag
def triggered_runs():
    first = TriggerDagRunOperator(
        task_id="first", trigger_dag_id="branch", conf={"day": "{{ ds }}"}, trigger_run_id="a_run"
    )

    @task
    def last():
        return "last"

    first >> last()


triggered_runs()
