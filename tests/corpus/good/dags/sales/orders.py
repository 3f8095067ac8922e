from __future__ import annotations

from datetime import datetime, timedelta

from airflow.providers.common.sql.operators.sql import (
    BranchSQLOperator,
    SQLCheckOperator,
    SQLColumnCheckOperator,
    SQLExecuteQueryOperator,
    SQLTableCheckOperator,
    SQLThresholdCheckOperator,
    SQLValueCheckOperator,
)
from airflow.providers.common.sql.sensors.sql import SqlSensor
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, chain

from lib.assets import ORDERS
from lib.settings import POOL, WAREHOUSE

with DAG(
    "sales_orders",
    schedule="0 3 * * *",
    start_date=datetime(2025, 1, 1),
    catchup=True,
    max_active_runs=3,
    default_args={"conn_id": WAREHOUSE, "pool": POOL, "sla": None, "retries": 1},
    template_searchpath="/opt/sql",
) as dag:
    there = SqlSensor(task_id="there", sql="select count(*) from staging where day = '{{ ds }}'", timeout=3600, mode="reschedule")
    loaded = SQLExecuteQueryOperator(task_id="loaded", sql="sql/clean.sql", params={"table": "orders"}, outlets=[ORDERS])
    columns = SQLColumnCheckOperator(
        task_id="columns",
        table="orders",
        column_mapping={"id": {"null_check": {"equal_to": 0}, "distinct_check": {"geq_to": 1}}},
        partition_clause="day = '{{ ds }}'",
    )
    table = SQLTableCheckOperator(task_id="table", table="orders", checks={"rows": {"check_statement": "count(*) > 0"}})
    one = SQLCheckOperator(task_id="one", sql="select 1")
    value = SQLValueCheckOperator(task_id="value", sql="select count(*) from orders", pass_value=10, tolerance=0.1)
    threshold = SQLThresholdCheckOperator(task_id="threshold", sql="select 1", min_threshold=0, max_threshold=2)
    branch = BranchSQLOperator(
        task_id="branch", sql="select 1", follow_task_ids_if_true=["fine"], follow_task_ids_if_false="bad"
    )
    fine, bad = EmptyOperator(task_id="fine"), EmptyOperator(task_id="bad", execution_timeout=timedelta(seconds=5))
    chain(there, loaded, [columns, table], one, value, threshold, branch, [fine, bad])
