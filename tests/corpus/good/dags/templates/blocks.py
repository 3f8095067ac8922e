from datetime import datetime

from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.providers.smtp.operators.smtp import EmailOperator
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, Param

MACROS = """
{%- macro wrap(tag) -%}<{{ tag }} {{ kwargs | xmlattr }}>{{ caller() if caller else varargs | join(' ') }}</{{ tag }}>{%- endmacro -%}
{%- call wrap('b', class='x') -%}{{ ds }}{%- endcall -%}
{{ wrap('i', 'a', 'b') }}
{%- macro rows(found, header=none) -%}
{%- for key, value in found.items() if value recursive -%}
{{ key }}{{ header or '' }}{{ loop(value.children) if value.children is defined }}
{%- endfor -%}
{%- endmacro -%}
{%- set sums -%}{{ rows({'a': 1}) }}{%- endset -%}
{{ sums }} {% set a, b = 1, 2 %}{{ a + b }}
{% for (x, y), z in [((1, 2), 3)] %}{{ x }}{{ y }}{{ z }}{{ loop.changed(x) }}{{ loop.previtem is defined }}{% endfor %}
{% set box = namespace(items=[]) %}{% set box.items = box.items + [ds] %}{{ box.items[0] }}
{% if ti.task_id is string and params.rows is number %}{{ params.rows }}{% endif %}
{{ "%s-%s" | format(ds, ts) }} {{ ds ~ '-' ~ (1 if true else 0) }} {{ [1, 2, 3] | batch(2) | list }} {{ {'a': 1} | dictsort }}
{{ ti.xcom_pull(task_ids='first')['a'].b[0] | default('none', true) }} {{ dag.get_task('first').task_id }}
"""

with DAG(
    "templates_blocks",
    schedule="@daily",
    start_date=datetime(2025, 1, 1),
    catchup=False,
    template_searchpath="/opt/nowhere",
    params={"rows": Param(3, type=["integer", "null"]), "mail": "x@company.org"},
):
    first = BashOperator(task_id="first", bash_command="echo '{\"a\": {\"b\": [1]}}'", output_processor=lambda out: out)
    blocks = BashOperator(task_id="blocks", bash_command=MACROS)
    page = EmailOperator(
        task_id="page", conn_id="mail", to="{{ params.mail }}", subject="{{ ds }}", html_content="page.html", params={"title": "Rows"}
    )
    report = SQLExecuteQueryOperator(
        task_id="report",
        conn_id="warehouse",
        sql="""
        {% set columns = ['id', 'total'] %}
        select {{ columns | join(', ') }}
        from orders
        where day >= '{{ data_interval_start | ds }}'::date - interval '{{ params.rows }} days'
          and region in ({% for region in var.json.regions %}'{{ region }}'{{ ", " if not loop.last }}{% endfor %})
          and json @> '{"a": {"b": 1}}' and name like '%{{ '{' }}%'
        """,
    )
    first >> blocks >> page >> report
