import json
from datetime import datetime

import jinja2

from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG
from lib.models import Order
from lib.settings import tables


def partition(day, kind="daily"):
    return f"{kind}/{day}"


def show(templates_dict=None, **context):
    print(templates_dict["sql"], context["templates_dict"]["day"])


def expand(text, *, day, count):
    return text, day, count


with DAG(
    "templates_own_names",
    schedule="@daily",
    start_date=datetime(2025, 1, 1),
    catchup=False,
    user_defined_macros={"partition": partition, "tables": tables, "json": json, "ENV": {"name": "prod"}, "Order": Order},
    user_defined_filters={"quoted": "'{}'".format, "short": lambda text, length=3: text[:length]},
    template_undefined=jinja2.StrictUndefined,
    render_template_as_native_obj=True,
    jinja_environment_kwargs={"extensions": ["jinja2.ext.loopcontrols", "jinja2.ext.do"]},
):
    BashOperator(
        task_id="use",
        bash_command=(
            "{% set found = [] %}{% do found.append(ds) %}{% for table in tables() %}{% if loop.index > 2 %}{% break %}{% endif %}"
            "echo {{ partition(ds, kind=ENV.name) | quoted }} {{ table | short(2) }} {{ json.dumps({'a': Order}) }}{% endfor %}"
        ),
    )
    PythonOperator(
        task_id="show",
        python_callable=show,
        templates_dict={"sql": "select '{{ ds }}'", "day": "{{ ds }}"},
        templates_exts=[".sql"],
    )
    PythonOperator(
        task_id="expand",
        python_callable=expand,
        op_args=["{{ partition(ds) }}"],
        op_kwargs={"day": "{{ ds }}", "count": "{{ ti.try_number }}"},
    )
    SQLExecuteQueryOperator(
        task_id="sql",
        conn_id="warehouse",
        sql="select * from {{ ENV['name'] }} where day = %(day)s",
        parameters={"day": "{{ ds }}"},
        split_statements=True,
        handler=lambda cursor: cursor.fetchall(),
        hook_params={"schema": "public"},
    )
