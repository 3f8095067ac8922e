"""Reschedule mode: another process for each look, so state is in a file; a time-out; retries after it."""

from pathlib import Path

from airflow.sdk import PokeReturnValue, dag, task


@dag(default_args={"mode": "reschedule", "poke_interval": 300})
def sensors_that_are_rescheduled():
    @task.sensor(timeout=3600)
    def third_time(ti):
        counter = Path.cwd() / f"counter_{ti.run_id.replace(':', '_')}"
        count = int(counter.read_text()) + 1 if counter.exists() else 1
        counter.write_text(str(count))
        return PokeReturnValue(is_done=count >= 3, xcom_value=count)

    @task.sensor(timeout=900)
    def never():
        return False

    @task.sensor(timeout=900, soft_fail=True)
    def softly():
        return False

    @task.sensor(timeout=900)
    def fails():
        raise ValueError("a look that fails")

    third_time()
    never()
    softly()
    fails()


sensors_that_are_rescheduled()
