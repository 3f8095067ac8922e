"""A task that defers: with given events, twice, with arguments of its own, and a trigger that is run."""

from datetime import timedelta

from airflow.providers.standard.triggers.temporal import TimeDeltaTrigger
from airflow.sdk import BaseOperator, dag


class Twice(BaseOperator):
    def execute(self, context):
        self.defer(trigger=TimeDeltaTrigger(timedelta(hours=1)), method_name="again", kwargs={"seen": ["first"]})

    def again(self, context, event, seen):
        self.defer(
            trigger=TimeDeltaTrigger(timedelta(hours=1)), method_name="end", kwargs={"seen": [*seen, event["is"]]}
        )

    def end(self, context, event, seen):
        context["ti"].xcom_push("last", event["is"])
        return [*seen, event["is"]]


class Once(BaseOperator):
    def execute(self, context):
        self.defer(trigger=TimeDeltaTrigger(timedelta(milliseconds=5)), method_name="end")

    def end(self, context, event):
        return str(type(event).__name__)


@dag
def deferral():
    Twice(task_id="twice") >> Once(task_id="once")


deferral()
