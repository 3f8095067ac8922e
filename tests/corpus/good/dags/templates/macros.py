from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, Param

SHARED = """
{% macro line(name, value) -%}
{{ name }}={{ value }}
{%- endmacro %}
{% set day = macros.ds_add(ds, -7) %}
{% set ns = namespace(total=0) %}
{% for region in params.regions %}
{% set ns.total = ns.total + loop.index0 %}
echo {{ line(region, day) }} {{ loop.last }}
{% else %}
echo none
{% endfor %}
{% with x = 1, y = 2 %}echo {{ x + y }}{% endwith %}
{% filter upper %}text{% endfilter %}
{% raw %}{{ not.a.template }}{% endraw %}
{# a comment with {{ broken #}
{% call(item) line2() %}{{ item }}{% endcall %}
{% macro line2() %}{{ caller('x') }}{% endmacro %}
"""

with DAG(
    "templates_macros",
    schedule=timedelta(hours=6),
    start_date=datetime(2025, 1, 1),
    catchup=False,
    params={
        "regions": Param(["eu", "us"], type="array", items={"type": "string"}),
        "limit": Param(10, type="integer", minimum=1, maximum=100, description="Rows"),
        "day": Param(None, type=["null", "string"], format="date"),
        "kind": Param("a", enum=["a", "b"]),
    },
):
    BashOperator(task_id="shared", bash_command=SHARED.replace("{% call(item) line2() %}{{ item }}{% endcall %}\n", ""))
    BashOperator(
        task_id="context",
        bash_command=(
            "echo {{ ds }} {{ ts_nodash_with_tz }} {{ data_interval_end.strftime('%Y') }} {{ dag.dag_id }} {{ task.owner }} "
            "{{ ti.try_number }} {{ task_instance_key_str }} {{ run_id }} {{ dag_run.conf['x'] if dag_run.conf else '' }} "
            "{{ prev_data_interval_start_success or 'never' }} {{ prev_start_date_success }} {{ logical_date.add(days=1) | ds }} "
            "{{ macros.datetime.now() }} {{ macros.timedelta(days=1) }} {{ macros.uuid.uuid4() }} {{ macros.random() }} "
            "{{ macros.json.dumps({'a': 1}) }} {{ macros.dateutil.parser.parse(ds) }} {{ macros.time.time() }} "
            "{{ macros.ds_format(ds, '%Y-%m-%d', '%d') }} {{ macros.datetime_diff_for_humans(logical_date) }}"
        ),
    )
    BashOperator(
        task_id="variables",
        bash_command=(
            "echo {{ var.value.batch_size }} {{ var.value.get('optional_thing', 'x') }} {{ var.json.feature_flags.limits.rows }} "
            "{{ var.json.get('nothing', {}).get('a') }} {{ var.json.feature_flags['dedupe'] | string }} "
            "{{ conn.warehouse.host }} {{ conn.warehouse.extra_dejson.get('schema', 'public') }} {{ conn['chat'].login }} "
            "{{ conn.get('maybe', none) }} {{ (var.json.regions | first) ~ '_' ~ params.limit }} {{ var.value.get('other', default_var='') }}"
        ),
    )
    BashOperator(
        task_id="params",
        bash_command=(
            "echo {{ params.limit }} {{ params['kind'] }} {{ params.get('other') }} {{ params.items() | list | length }} "
            "{% if params.day is not none and params.day %}{{ params.day }}{% endif %} {{ params.extra | default('x') }} "
            "{{ dag_run.conf.get('table') }} {{ dag_run.conf.table | default('orders', true) }} {{ undefined_thing | default('') }}"
            "{% if other_thing is defined %}{{ other_thing }}{% endif %}"
        ),
        env={"LIMIT": "{{ params.limit }}", "NESTED": "{{ [params.kind, ds] | join('-') }}"},
        cwd="/data/{{ ds_nodash }}",
    )
    BashOperator(
        task_id="jinja",
        bash_command=(
            "echo {{ range(3) | map('string') | list }} {{ dict(a=1) | tojson }} {{ 'x' if ds > '2025' else 'y' }} "
            "{{ [1, 2] | select('odd') | sum }} {{ ts | replace(':', '') | urlencode }} {{ lipsum is callable }} "
            "{{ logical_date | ds_nodash }} {{ logical_date | ts }} {{ logical_date | ts_nodash_with_tz }} {{ cycler('a', 'b').next() }} "
            "{{ {'a': 'b'}.items() | sort | list }} {{ joiner(',')() }} {{ outlets }} {{ inlets }} {{ test_mode }} {{ expanded_ti_count }}"
        ),
    )
