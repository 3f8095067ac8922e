"""Sensors of time: past ones are met at once, future ones when that time has come."""

from datetime import datetime, time, timedelta

from airflow.providers.standard.sensors.date_time import DateTimeSensor, DateTimeSensorAsync
from airflow.providers.standard.sensors.time import TimeSensor
from airflow.providers.standard.sensors.time_delta import TimeDeltaSensor, WaitSensor
from airflow.providers.standard.sensors.weekday import DayOfWeekSensor
from airflow.sdk import dag


@dag
def sensors_of_time():
    DateTimeSensor(task_id="at", target_time="{{ macros.ds_add(ds, -1) }}")
    DateTimeSensorAsync(task_id="deferred", target_time=datetime(2026, 1, 1))
    TimeSensor(task_id="of_day", target_time=time(0, 0, 0), deferrable=False)
    TimeDeltaSensor(task_id="after", delta=timedelta(hours=-1))
    WaitSensor(task_id="waits", time_to_wait=timedelta(milliseconds=1))
    DayOfWeekSensor(
        task_id="friday", week_day="Friday", use_task_logical_date=True, poke_interval=60, timeout=300, mode="poke"
    )


sensors_of_time()
