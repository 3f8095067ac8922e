from datetime import timedelta

import pendulum

from airflow.providers.standard.operators.latest_only import LatestOnlyOperator
from airflow.sdk import (
    DAG,
    CronDataIntervalTimetable,
    CronTriggerTimetable,
    DeltaDataIntervalTimetable,
    DeltaTriggerTimetable,
    MultipleCronTriggerTimetable,
    task,
)
from airflow.timetables.events import EventsTimetable
from dateutil.relativedelta import relativedelta

START = pendulum.datetime(2025, 1, 1, tz="Europe/Berlin")
SCHEDULES = {
    "interval": CronDataIntervalTimetable("0 3 * * MON#1", timezone="Europe/Berlin"),
    "trigger": CronTriggerTimetable("0 3 * * *", timezone="UTC", interval=timedelta(days=1)),
    "several": MultipleCronTriggerTimetable("10 * * * *", "40 12 * * 6", timezone="UTC"),
    "events": EventsTimetable(
        event_dates=[pendulum.datetime(2030, 4, 5, tz="UTC"), pendulum.datetime(2030, 7, 5, tz="UTC")],
        description="Releases",
    ),
    "delta": DeltaDataIntervalTimetable(timedelta(hours=5)),
    "delta_trigger": DeltaTriggerTimetable(timedelta(minutes=90)),
    "relative": relativedelta(months=1),
    "once": "@once",
    "continuous": "@continuous",
    "none": None,
    "delta_plain": timedelta(days=2),
}


def run(name):
    @task
    def work():
        return name

    latest = LatestOnlyOperator(task_id="latest")
    latest >> work()


for name, schedule in SCHEDULES.items():
    with DAG(f"timetable_{name}", schedule=schedule, start_date=START, catchup=False, max_active_runs=1):
        run(name)
