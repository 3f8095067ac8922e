from airflow.providers.standard.sensors.external_task import ExternalTaskSensor
from airflow.sdk import DAG

with DAG("sensor_target"):
    ExternalTaskSensor(task_id="wait", external_dag_id="no_such_workflow")  # expect: missing-workflow
