"""Tasks that begin in the triggerer: their `execute` never runs."""

from datetime import datetime

from airflow.providers.standard.sensors.date_time import DateTimeSensorAsync
from airflow.providers.standard.sensors.filesystem import FileSensor
from airflow.sdk import dag


@dag
def start_from_trigger():
    DateTimeSensorAsync(task_id="time", target_time=datetime(2026, 1, 1), start_from_trigger=True)
    FileSensor(task_id="file", filepath="/not/there", deferrable=True, start_from_trigger=True)


start_from_trigger()
