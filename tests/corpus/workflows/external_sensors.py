"""`ExternalTaskSensor` on runs, tasks and groups of other workflows."""

from airflow.providers.standard.sensors.external_task import ExternalTaskMarker, ExternalTaskSensor
from airflow.sdk import dag


@dag(default_args={"poke_interval": 60, "timeout": 300})
def external_sensors():
    ExternalTaskSensor(task_id="whole", external_dag_id="other")
    ExternalTaskSensor(task_id="part", external_dag_id="other", external_task_id="load")
    ExternalTaskSensor(task_id="late", external_dag_id="late")
    ExternalTaskSensor(
        task_id="failed", external_dag_id="broken", allowed_states=["success"], failed_states=["failed"]
    )
    ExternalTaskSensor(task_id="softly", external_dag_id="broken", failed_states=["failed"], soft_fail=True)
    ExternalTaskMarker(task_id="marker", external_dag_id="other", external_task_id="load")


external_sensors()
