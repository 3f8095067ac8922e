"""The clock stands where the test says."""

from datetime import UTC, datetime

from airflow.sdk import dag, task


@dag
def frozen_clock():
    @task
    def now():
        return datetime.now(UTC).isoformat()

    @task.sensor(poke_interval=3600, timeout=86400)
    def noon():
        return datetime.now(UTC).hour >= 12

    now()
    noon()


frozen_clock()
