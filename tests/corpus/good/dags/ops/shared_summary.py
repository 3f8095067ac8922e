"""A summary that several workflows share, each with other tasks."""

import sys
from datetime import datetime

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG


def summarize(ti, dag, **context):
    rows = {}
    if "extract" in dag.task_ids:
        rows["extract"] = ti.xcom_pull(task_ids="extract")
    if dag.has_task("load"):
        rows["load"] = ti.xcom_pull(task_ids="load")
    for name in ("extract", "load", "check"):
        if name in dag.task_dict:
            rows[name] = ti.xcom_pull(task_ids=name)
    return rows


def render(text, templates_dict, *, rows):
    if sys.version_info < (3, 9):
        import backports.zoneinfo as zoneinfo
    else:
        import zoneinfo
    return text, templates_dict, rows, str(zoneinfo)


def module_of(name):
    import importlib

    return importlib.import_module(".naming", package="dags.common"), importlib.import_module(f"lib.{name}")


for number, steps in enumerate((("extract", "load"), ("extract", "check"))):
    with DAG(f"ops_summary_{number}", schedule="@daily", start_date=datetime(2025, 1, 1), catchup=False):
        summary = PythonOperator(task_id="summary", python_callable=summarize, trigger_rule="all_done")
        rendered = PythonOperator(
            task_id="render",
            python_callable=render,
            op_args=["{{ ds }}"],
            op_kwargs={"rows": summary.output},
            templates_dict={"a": "{{ ds }}"},
        )
        modules = PythonOperator(task_id="modules", python_callable=module_of, op_args=["settings"])
        [BashOperator(task_id=step, bash_command=f"echo {step}") for step in steps] >> summary >> rendered >> modules
