"""Deferrable sensors of the standard provider, with events and with their own triggers."""

from datetime import datetime, timedelta

from airflow.providers.standard.sensors.date_time import DateTimeSensorAsync
from airflow.providers.standard.sensors.filesystem import FileSensor
from airflow.providers.standard.sensors.time_delta import TimeDeltaSensor
from airflow.sdk import dag


@dag
def deferrable_sensors():
    FileSensor(task_id="file", filepath="/not/there", deferrable=True)
    TimeDeltaSensor(task_id="delta", delta=timedelta(days=-1), deferrable=True)
    DateTimeSensorAsync(task_id="ends_in_the_trigger", target_time=datetime(2026, 1, 1), end_from_trigger=True)


deferrable_sensors()
