"""A task that begins in the triggerer: its `execute` never runs."""

from datetime import timedelta

from airflow.sdk import BaseOperator, dag
from airflow.triggers.base import StartTriggerArgs


class Begins(BaseOperator):
    start_from_trigger = True
    start_trigger_args = StartTriggerArgs(
        trigger_cls="airflow.providers.standard.triggers.temporal.TimeDeltaTrigger",
        trigger_kwargs={"delta": timedelta(hours=1)},
        next_method="goes_on",
        next_kwargs=None,
        timeout=None,
    )

    def execute(self, context):
        raise RuntimeError("must not run")

    def goes_on(self, context, event):
        return event


@dag
def start_from_trigger_without_execute():
    Begins(task_id="begins")


start_from_trigger_without_execute()
