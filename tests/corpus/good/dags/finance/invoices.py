"""Invoices of the billing service.

Waits for them, copies them, and says how many there were.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.sdk import DAG, task
from lib.notifiers.chat import ChatNotifier, Escalation, on_failure
from lib.operators.billing import BillingToTableOperator, InvoicesReadySensor

default_args = {
    "owner": "finance",
    "retries": 3,
    "retry_delay": timedelta(minutes=10),
    "on_failure_callback": [on_failure, ChatNotifier("{{ task.task_id }} of {{ dag.dag_id }} failed on {{ ds }}")],
    "postgres_conn_id": "warehouse",
    "pool": "api",
    "priority_weight": 5,
    "weight_rule": "upstream",
}

with DAG(
    "invoices",
    schedule="30 4 * * 1-5",
    start_date=datetime(2025, 1, 1),
    catchup=False,
    default_args=default_args,
    doc_md=__doc__,
    max_active_runs=1,
    on_success_callback=ChatNotifier(text="{{ dag.dag_id }}: {{ run_id }}", room="finance"),
    on_failure_callback=Escalation(2),
    owner_links={"finance": "mailto:finance@company.org"},
    tags=["finance", "billing"],
) as dag:
    ready = InvoicesReadySensor(
        task_id="ready", since="{{ data_interval_start | ds }}", poke_interval=60, timeout=3600, mode="reschedule"
    )
    copy = BillingToTableOperator(
        task_id="copy",
        since="{{ data_interval_start | ds }}",
        table="{{ var.value.table_prefix }}.invoices",
        options={"region": "{{ dag_run.conf.get('region', 'eu') }}", "flags": ["{{ var.json.feature_flags.limits }}"]},
    )
    merge = SQLExecuteQueryOperator(
        task_id="merge",
        conn_id="warehouse",
        sql=[
            "delete from invoices where day = '{{ ds }}'",
            "insert into invoices select * from {{ ti.xcom_pull(task_ids='copy')['table'] }}",
        ],
        pool="warehouse",
        pool_slots=2,
        autocommit=True,
    )

    @task(trigger_rule="all_done", retries=0, on_failure_callback=None)
    def summary(counts: dict | None = None, ti=None):
        print(counts, ti.xcom_pull(task_ids=["copy", "merge"], key="return_value"))
        print(ti.xcom_pull(task_ids="copy", key="table"))

    ready >> copy >> merge >> summary(copy.output)
