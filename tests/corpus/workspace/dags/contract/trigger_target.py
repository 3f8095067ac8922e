from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG

with DAG("trigger_target"):
    TriggerDagRunOperator(task_id="go", trigger_dag_id="no_such_workflow")  # expect: missing-workflow
