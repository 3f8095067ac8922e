from datetime import datetime, time, timedelta

import pendulum

from airflow.providers.standard.operators.datetime import BranchDateTimeOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.sensors.bash import BashSensor
from airflow.providers.standard.sensors.date_time import DateTimeSensor, DateTimeSensorAsync
from airflow.providers.standard.sensors.filesystem import FileSensor
from airflow.providers.standard.sensors.python import PythonSensor
from airflow.providers.standard.sensors.time import TimeSensor
from airflow.providers.standard.sensors.time_delta import TimeDeltaSensor
from airflow.providers.standard.sensors.weekday import DayOfWeekSensor
from airflow.sdk import DAG, chain
from lib.operators.deferring import ExportOperator


def ready(path, *, ds, **_):
    return bool(path and ds)


with DAG("platform_sensors", schedule="@daily", start_date=datetime(2025, 1, 1), catchup=False, default_args={"timeout": 600}):
    chain(
        FileSensor(task_id="file", filepath="in/{{ ds }}.csv", fs_conn_id="landing", deferrable=True),
        FileSensor(task_id="default_file", filepath="in/{{ ds }}.csv"),
        PythonSensor(task_id="python", python_callable=ready, op_kwargs={"path": "x"}, mode="reschedule"),
        PythonSensor(task_id="lambda", python_callable=lambda: True),
        BashSensor(task_id="bash", bash_command="test -f /data/{{ ds }}"),
        DateTimeSensor(task_id="moment", target_time="{{ data_interval_end.add(hours=1) }}"),
        DateTimeSensorAsync(task_id="moment_async", target_time=pendulum.datetime(2025, 1, 1)),
        TimeSensor(task_id="time", target_time=time(6, 0)),
        TimeDeltaSensor(task_id="delta", delta=timedelta(minutes=5), deferrable=True),
        DayOfWeekSensor(task_id="weekday", week_day="Monday"),
        ExportOperator(task_id="export", export="{{ ds }}", wait=timedelta(minutes=1)),
        BranchDateTimeOperator(
            task_id="branch",
            follow_task_ids_if_true=["yes"],
            follow_task_ids_if_false=["no"],
            target_upper=time(12, 0),
            target_lower=time(6, 0),
        ),
        [EmptyOperator(task_id="yes"), EmptyOperator(task_id="no")],
    )
