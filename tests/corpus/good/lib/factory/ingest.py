"""Makes ingestion workflows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from airflow.providers.common.sql.operators.sql import SQLColumnCheckOperator, SQLExecuteQueryOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, TaskGroup

from lib.settings import DEFAULT_ARGS, START


def extract(source: str, table: str, *, limit: int = 1000, ti=None, ds: str = "", **context: Any) -> list[dict]:
    print(source, table, limit, ds, context["run_id"])
    return [{"table": table}]


def make_ingest(
    dag_id: str,
    *,
    source: str,
    tables: Sequence[str],
    schedule: str | None = "@daily",
    conn_id: str = "warehouse",
    pool: str = "default_pool",
    checks: Mapping[str, Any] | None = None,
    extractor: Callable[..., Any] = extract,
    default_args: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> DAG:
    """Return a workflow that loads `tables` from `source`."""
    kwargs.setdefault("catchup", False)
    with DAG(
        dag_id=dag_id,
        schedule=schedule,
        start_date=START,
        default_args={**DEFAULT_ARGS, **(default_args or {})},
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=6),
        **kwargs,
    ) as dag:
        start, done = EmptyOperator(task_id="start"), EmptyOperator(task_id="done", trigger_rule="none_failed")
        for table in tables:
            with TaskGroup(group_id=f"load_{table}", tooltip=f"Loads {table}") as group:
                pull = PythonOperator(
                    task_id="extract",
                    python_callable=extractor,
                    op_args=[source],
                    op_kwargs={"table": table, "limit": 10},
                    pool=pool,
                )
                load = SQLExecuteQueryOperator(
                    task_id="load",
                    conn_id=conn_id,
                    sql=f"insert into {table} select '{{{{ ti.xcom_pull(task_ids='load_{table}.extract') }}}}'",
                    parameters={"day": "{{ ds }}"},
                )
                pull >> load
                if checks:
                    load >> SQLColumnCheckOperator(
                        task_id="check", conn_id=conn_id, table=table, column_mapping=dict(checks)
                    )
            start >> group >> done
    return dag
