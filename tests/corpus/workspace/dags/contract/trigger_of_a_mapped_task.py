from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG

with DAG("trigger_of_a_mapped_task"):
    TriggerDagRunOperator.partial(task_id="go").expand(
        trigger_dag_id=["of_two", "no_such_workflow"],  # expect: missing-workflow
    )
