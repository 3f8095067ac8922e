"""Poking: with decorators and classes, a value, a time-out, a soft one, growing waits, and a sensor that skips."""

from airflow.providers.standard.sensors.python import PythonSensor
from airflow.sdk import PokeReturnValue, dag, task
from airflow.sdk.exceptions import AirflowSkipException


@dag
def sensors_that_poke():
    looks = {"count": 0}

    @task.sensor(poke_interval=3600, timeout=86400)
    def third_time():
        looks["count"] += 1
        return PokeReturnValue(is_done=looks["count"] >= 3, xcom_value=looks["count"])

    @task.sensor(poke_interval=60, timeout=600)
    def never():
        return False

    @task.sensor(poke_interval=60, timeout=600, soft_fail=True)
    def softly():
        return False

    @task.sensor(poke_interval=60, timeout=600)
    def skips():
        raise AirflowSkipException

    PythonSensor(
        task_id="backoff", python_callable=lambda: False, poke_interval=10, exponential_backoff=True, timeout=1000
    )

    @task
    def below(value):
        return value

    below(third_time())
    softly() >> below.override(task_id="below_softly")(1)
    never()
    skips()


sensors_that_poke()
