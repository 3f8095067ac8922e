"""Templates and tasks that are put together at the top of the file."""

import json
from datetime import datetime
from textwrap import dedent

from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, Param, TaskGroup

TEMPLATE = "{{{{ ti.xcom_pull(task_ids='{task}', key='{key}') }}}}"
QUERY = dedent(
    """
    merge into {target}
    using (select * from {source} where day = '{{{{ ds }}}}') s
    on {keys}
    """
)
SPEC = json.loads('{"orders": {"keys": ["id"], "after": []}, "lines": {"keys": ["id", "line"], "after": ["orders"]}}')


def keys(names):
    return " and ".join(f"t.{name} = s.{name}" for name in names)


def produce(name, **context):
    context["ti"].xcom_push(key="path", value=f"/data/{name}/{context['ds']}")


with DAG(
    "ops_generators",
    schedule=None,
    start_date=datetime(2025, 1, 1),
    params={
        "full": Param(False, type="boolean", title="All of it"),
        "tables": Param(list(SPEC), type="array", examples=list(SPEC), values_display={"orders": "Orders"}),
        "options": Param({"a": 1}, type=["object", "null"]),
        "when": Param("2025-01-01T00:00:00+00:00", type="string", format="date-time"),
        "ref": Param(3, type="integer", section="More"),
    },
) as dag:
    loads = {}
    for name, spec in SPEC.items():
        with TaskGroup(f"tg_{name}"):
            made = PythonOperator(task_id="make", python_callable=produce, op_kwargs={"name": name})
            loads[name] = SQLExecuteQueryOperator(
                task_id="merge",
                conn_id="warehouse",
                sql=QUERY.format(target=name, source=f"staging.{name}", keys=keys(spec["keys"])),
            )
            shown = BashOperator(task_id="show", bash_command="cat " + TEMPLATE.format(task=f"tg_{name}.make", key="path"))
            made >> loads[name] >> shown
        for other in spec["after"]:
            loads[other] >> made
    BashOperator(
        task_id="summary",
        bash_command="""
        {% for name in params.tables %}
          {% set found = ti.xcom_pull(task_ids='tg_' ~ name ~ '.make', key='path') %}
          {% if found is not none and not params.full %}echo {{ found }}{% elif params.options %}{{ params.options.a }}{% endif %}
        {% endfor %}
        echo {{ params['when'] }} {{ params.ref + 1 }} {{ dag_run.run_type }} {{ dag_run.logical_date or dag_run.run_after }}
        {{ macros.ds_add(dag_run.run_after | ds, params.ref | int) }}
        """,
    ).set_upstream(list(loads.values()))
