"""One workflow waits for another, with a sensor that does not hold a worker while it waits.

The sensor waits for the run of *the same day*. See `assets.py` for the other way.
"""

from datetime import UTC, datetime, timedelta

from airflow.providers.standard.sensors.external_task import ExternalTaskSensor
from airflow.sdk import dag, task

DAY = datetime(2026, 1, 1, tzinfo=UTC)
ONE_DAY = {"schedule": "@daily", "start_date": DAY, "end_date": DAY, "catchup": True, "tags": ["example"]}


@task
def store(day: str) -> str:
    """Store the orders of a day."""
    return f"stored the orders of {day}"


@task
def report(day: str) -> str:
    """Report on the orders of a day."""
    return f"reported on the orders of {day}"


@dag(dag_id="sensor_orders", doc_md=__doc__, **ONE_DAY)
def orders():
    store(day="{{ ds }}")


@dag(dag_id="sensor_report", doc_md=__doc__, **ONE_DAY)
def report_on_orders():
    wait = ExternalTaskSensor(
        task_id="wait_for_orders",
        external_dag_id="sensor_orders",
        external_task_id="store",
        mode="reschedule",  # gives its worker back between two looks
        poke_interval=5,  # seconds; a minute or five is right for a real one
        timeout=6 * 3600,  # of all looks together; without it a sensor waits for a week
        retries=2,  # a look that is lost, with its worker, does not end the waiting
        retry_delay=timedelta(seconds=5),
        failed_states=["failed", "upstream_failed"],  # do not wait for what will not come
    )
    wait >> report(day="{{ ds }}")


upstream = orders()
downstream = report_on_orders()
