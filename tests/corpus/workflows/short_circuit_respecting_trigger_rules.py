"""A short circuit that skips only what is directly below."""

from airflow.providers.standard.operators.python import ShortCircuitOperator
from airflow.sdk import dag, task


@dag(params={"go": False})
def short_circuit_respecting_trigger_rules():
    check = ShortCircuitOperator(
        task_id="check",
        python_callable=lambda params: params["go"],
        ignore_downstream_trigger_rules=False,
    )

    @task
    def work():
        return "work"

    @task
    def more():
        return "more"

    @task(trigger_rule="all_done")
    def last():
        return "last"

    check >> work() >> more() >> last()


short_circuit_respecting_trigger_rules()
