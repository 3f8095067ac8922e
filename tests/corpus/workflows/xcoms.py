"""Values by key, from several tasks at once, with defaults, of classes, and none."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from airflow.sdk import dag, task


@dag
def xcoms():
    @task
    def pushes(ti):
        ti.xcom_push(key="a", value={"deep": [1, 2, (3, 4)]})
        ti.xcom_push(key="b", value=None)
        return datetime(2026, 1, 1)

    @task
    def also():
        return {"x": 1.5, "y": None, "z": timedelta(hours=1)}

    @task
    def pulls(ti):
        return {
            "key": ti.xcom_pull(task_ids="pushes", key="a"),
            "several": len(list(ti.xcom_pull(task_ids=["pushes", "also"]))),
            "default": ti.xcom_pull(task_ids="pushes", key="c", default="none"),
            "none": ti.xcom_pull(task_ids="pushes", key="b"),
            "date": ti.xcom_pull(task_ids="pushes").isoformat(),
        }

    @task
    def nothing():
        return None

    @task
    def of_nothing(value):
        return value is None

    @task(do_xcom_push=False)
    def silent():
        return "not kept"

    [pushes(), also()] >> pulls()
    of_nothing(nothing())
    silent()


xcoms()
