"""Humans who choose, approve, reject, fill in, and do not answer."""

from datetime import timedelta

from airflow.providers.standard.operators.hitl import (
    ApprovalOperator,
    HITLBranchOperator,
    HITLEntryOperator,
    HITLOperator,
)
from airflow.sdk import Param, dag, task


@dag
def human_in_the_loop():
    HITLOperator(task_id="choose", subject="Which?", options=["a", "b"])
    HITLEntryOperator(task_id="fill_in", subject="What?", params={"size": Param(1, type="integer")})
    HITLOperator(
        task_id="default", subject="Which?", options=["a", "b"], defaults=["b"], response_timeout=timedelta(hours=1)
    )
    HITLOperator(task_id="nobody", subject="Which?", options=["a"], response_timeout=timedelta(hours=1))

    @task
    def work(name):
        return name

    ApprovalOperator(task_id="approve", subject="Do it?") >> work.override(task_id="approved")("approved")
    ApprovalOperator(task_id="reject", subject="Do it?") >> work.override(task_id="rejected")("rejected")
    HITLBranchOperator(task_id="branch", subject="Where?", options=["left", "right"]) >> [
        work.override(task_id="left")("left"),
        work.override(task_id="right")("right"),
    ]


human_in_the_loop()
