from datetime import datetime, timedelta

from airflow.providers.standard.operators.hitl import ApprovalOperator, HITLBranchOperator, HITLEntryOperator
from airflow.sdk import DAG, Param, task

with DAG("ops_people", schedule=None, start_date=datetime(2025, 1, 1), catchup=False):
    approve = ApprovalOperator(
        task_id="approve",
        subject="Release {{ ds }}?",
        body="{{ ti.xcom_pull(task_ids='prepare') }}",
        execution_timeout=timedelta(hours=8),
        defaults="Reject",
    )
    ask = HITLEntryOperator(task_id="ask", subject="How many?", params={"rows": Param(1, type="integer")})
    way = HITLBranchOperator(task_id="way", subject="Which?", options=["fast", "slow"])
    mapped = HITLBranchOperator(
        task_id="mapped", subject="Which?", options=["Fast way", "Slow way"], options_mapping={"Fast way": "fast", "Slow way": "slow"}
    )

    @task
    def prepare():
        return "rows"

    @task
    def fast(): ...

    @task
    def slow(): ...

    ways = [fast(), slow()]
    prepare() >> approve >> ask >> [way, mapped]
    way >> ways
    mapped >> ways
