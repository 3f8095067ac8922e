"""Triggers that time out, that fail, and that end without an event; a retry that defers again."""

from datetime import timedelta

from airflow.sdk import BaseOperator, dag
from airflow.triggers.base import BaseTrigger, TriggerEvent


class Silent(BaseTrigger):
    def __init__(self, kind):
        super().__init__()
        self.kind = kind

    async def run(self):
        yield TriggerEvent(1)

    def serialize(self):
        return "airflow.providers.standard.triggers.temporal.TimeDeltaTrigger", {"delta": timedelta(days=9)}


class Waits(BaseOperator):
    def __init__(self, timeout=None, **kwargs):
        super().__init__(**kwargs)
        self.timeout = timeout

    def execute(self, context):
        self.defer(trigger=Silent("never"), method_name="end", timeout=self.timeout)

    def end(self, context, event):
        if event == "bad":
            raise ValueError("a bad event")
        return event


@dag
def deferral_that_fails():
    Waits(task_id="times_out", timeout=timedelta(minutes=5))
    Waits(task_id="bad_event")
    Waits(task_id="tries_again", retries=1)


deferral_that_fails()
