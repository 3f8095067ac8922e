import pytest
from inspected import Flow, ReadFlow, in_dag

from airside.release.description import NeedKind


def _bash(template: str) -> str:
    return in_dag(f'BashOperator(task_id="a", bash_command="""{template}""")  # here')


@pytest.mark.parametrize(
    ("template", "kind", "name", "certainty", "optional"),
    [
        ("{{ var.value.limit }}", "variable", "limit", "exact", False),
        ("{{ var.json.limits.orders[0] }}", "variable", "limits", "exact", False),
        ("{{ var.value['my-limit'] }}", "variable", "my-limit", "exact", False),
        ("{{ var.value.get('limit', 3) }}", "variable", "limit", "exact", True),
        ("{{ var.value.get('limit') }}", "variable", "limit", "likely", False),
        ("{{ var.json.get('limits', {}).orders }}", "variable", "limits", "exact", True),
        ("{{ var.value[ds] }}", "variable", "ds", "dynamic", False),
        ("{{ conn.dwh.host }}", "connection", "dwh", "exact", False),
        ("{{ conn.get('dwh').host }}", "connection", "dwh", "likely", False),
        ("{% if params.size > 2 %}{{ conn.dwh.host }}{% endif %}", "connection", "dwh", "likely", False),
        ("{{ var.value.limit | default(3) }}", "variable", "limit", "exact", False),
    ],
)
def test_what_a_template_asks_for_is_found(
    template: str, kind: NeedKind, name: str, certainty: str, optional: bool, read_flow: ReadFlow
) -> None:
    flow = read_flow(_bash(template))

    (need,) = flow.needs(kind)
    assert (need.name, need.certainty, need.optional) == (name, certainty, optional)
    assert (need.task, need.file, [need.line]) == ("a", "dags/flow.py", flow.here)
    assert flow.facts.problems == ()


def test_the_line_within_a_long_template_is_named(read_flow: ReadFlow) -> None:
    flow = read_flow(
        in_dag('''
        BashOperator(
            task_id="a",
            bash_command="""
                echo {{ ds }}
                echo {{ conn.dwh.host }} # here
            """,
        )
    ''')
    )

    assert [need.line for need in flow.needs("connection")] == flow.here


@pytest.mark.parametrize(
    "template",
    [
        "{{ ds }} {{ macros.ds_add(ds, 1) }} {{ params.size }} {{ ti.try_number }} {{ dag_run.conf['x'] }}",
        "{% set x = 1 %}{{ x }}{% for y in [1] %}{{ y }}{{ loop.index }}{% endfor %}",
        "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1) }}{{ range(3) }}{{ 'x' | upper }}",
        "{{ own | default('x') }}{% if other is defined %}{{ other }}{% endif %}",
        "{{ logical_date | ds_nodash }}{{ data_interval_start | ts }}",
        "{{ params.get('more') }}{{ params.other | default(1) }}",
        "{% raw %}{{ anything }}{% endraw %}${X}",
        "{{ macros.datetime.now() }}{{ task_instance.xcom_pull(dag_id='other', task_ids='x') }}",
    ],
)
def test_a_good_template_is_no_problem(template: str, read_flow: ReadFlow) -> None:
    assert read_flow(_bash(template)).facts.problems == ()


@pytest.mark.parametrize(
    ("template", "rule", "certainty", "said"),
    [
        ("{{ ds", "template-syntax", "exact", "unexpected end of template"),
        ("{% if ds %}", "template-syntax", "exact", "endif"),
        ("{{ dss }}", "template-name", "exact", "'dss'"),
        ("{{ execution_date }}", "template-name", "exact", "'execution_date'"),
        ("{{ ds | as_date }}", "template-name", "exact", "filter 'as_date'"),
        ("{{ params.amount }}", "template-name", "likely", "'amount'"),
        ("{{ macros.ds_ad(ds, 1) }}", "template-name", "likely", "macros.ds_ad"),
        ("{{ ti.xcom_pull(task_ids='b') }}", "xcom-task", "exact", "'b'"),
        ("{{ task_instance.xcom_pull('b') }}", "xcom-task", "exact", "'b'"),
        ("{{ ti.xcom_pull(task_ids=['a', 'b'])[0] }}", "xcom-task", "exact", "'b'"),
    ],
)
def test_a_template_that_cannot_work_is_a_problem(
    template: str, rule: str, certainty: str, said: str, read_flow: ReadFlow
) -> None:
    flow = read_flow(_bash(template))

    (problem,) = flow.facts.problems
    assert (problem.rule, problem.certainty, problem.task) == (rule, certainty, "a")
    assert said in problem.message
    assert (problem.file, [problem.line]) == ("dags/flow.py", flow.here)


def test_names_of_the_workflow_itself_are_known(read_flow: ReadFlow) -> None:
    flow = read_flow("""
        with DAG("flow", schedule=None, user_defined_macros={"shop": "x"}, user_defined_filters={"loud": str.upper}):
            BashOperator(task_id="a", bash_command="{{ shop | loud }}{{ stop }}")
    """)

    (problem,) = flow.facts.problems
    assert "'stop'" in problem.message


def test_a_name_that_renders_as_nothing_is_likely_wrong_only(read_flow: ReadFlow) -> None:
    flow = read_flow("""
        import jinja2
        with DAG("flow", schedule=None, template_undefined=jinja2.Undefined):
            BashOperator(task_id="a", bash_command="{{ dss }}")
    """)

    assert [problem.certainty for problem in flow.problems("template-name")] == ["likely"]


_FIELDS = """
with DAG("flow", schedule=None):
    BashOperator(task_id="env", bash_command="x", env={"HOST": "{{ conn.one.host }}"})  # here
    BashOperator.partial(
        task_id="mapped",
        env={"HOST": "{{ conn.two.host }}"},  # here
    ).expand(
        bash_command=["{{ conn.three.host }}"]  # here
    )

    @task
    def work(x): return x
    work("{{ conn.four.host }}")  # here
    work.partial().expand(
        x=["{{ conn.five.host }}"]  # here
    )
"""


def test_nested_and_mapped_fields_are_templates_too(read_flow: ReadFlow) -> None:
    flow = read_flow(_FIELDS)

    found = {need.name: need.line for need in flow.needs("connection")}
    assert found == dict(zip(["one", "two", "three", "four", "five"], flow.here, strict=True))


def _with_file(read_flow: ReadFlow, call: str, **files: str) -> Flow:
    paths = {f"dags/{name}.sh": text for name, text in files.items()}
    return read_flow(in_dag(call), files=paths)


def test_a_template_file_is_read_and_its_own_lines_are_named(read_flow: ReadFlow) -> None:
    flow = _with_file(
        read_flow, 'BashOperator(task_id="a", bash_command="load.sh")  # here', load="date\necho {{ conn.dwh.host }}\n"
    )

    (template,) = flow.needs("template")
    assert (template.name, template.file, [template.line]) == ("dags/load.sh", "dags/flow.py", flow.here)
    (connection,) = flow.needs("connection")
    assert (connection.name, connection.file, connection.line) == ("dwh", "dags/load.sh", 2)
    assert flow.facts.problems == ()


def test_what_a_template_file_includes_is_read(read_flow: ReadFlow) -> None:
    flow = _with_file(
        read_flow,
        'BashOperator(task_id="a", bash_command="load.sh")',
        load="{% include 'part.sh' %}{% include 'gone.sh' %}{% include 'maybe.sh' ignore missing %}",
        part="\n{{ conn.dwh.host }}",
    )

    (connection,) = flow.needs("connection")
    assert (connection.file, connection.line) == ("dags/part.sh", 2)
    (problem,) = flow.problems("missing-template")
    assert "'gone.sh'" in problem.message
    assert problem.file == "dags/load.sh"


def test_what_a_template_is_included_in_may_give_it_its_names(read_flow: ReadFlow) -> None:
    flow = _with_file(
        read_flow,
        'BashOperator(task_id="a", bash_command="load.sh")',
        load="{% set rows = [1] %}{% for row in rows %}{% include 'part.sh' %}{% endfor %}",
        part="{{ rows }}{{ row }}{{ other }}",
    )

    (problem,) = flow.problems("template-name")
    assert "'other'" in problem.message


@pytest.mark.parametrize(
    "call",
    [
        'BashOperator(task_id="a", bash_command="gone.sh")  # here',
        'BashOperator.partial(task_id="a").expand(bash_command=["gone.sh"])  # here',
        'BashOperator(task_id="a", bash_command="x", env={"SCRIPT": "gone.sh"})  # here',
    ],
)
def test_a_template_file_that_is_not_there_is_a_problem(call: str, read_flow: ReadFlow) -> None:
    flow = read_flow(in_dag(call))

    (problem,) = flow.facts.problems
    assert problem.rule == "missing-template"
    assert "'gone.sh'" in problem.message
    assert [problem.line] == flow.here


def test_a_syntax_error_in_a_template_file_is_found_there(read_flow: ReadFlow) -> None:
    flow = _with_file(read_flow, 'BashOperator(task_id="a", bash_command="load.sh")', load="date\n{{ ds }\n")

    (problem,) = flow.problems("template-syntax")
    assert (problem.file, problem.line) == ("dags/load.sh", 2)


def test_the_templates_of_a_notifier_are_read(read_flow: ReadFlow) -> None:
    flow = read_flow("""
        from airflow.providers.smtp.notifications.smtp import SmtpNotifier
        with DAG("flow", schedule=None):
            EmptyOperator(task_id="a", on_failure_callback=SmtpNotifier(to="{{ var.value.to }}", smtp_conn_id="mail"))
    """)

    assert [need.name for need in flow.needs("variable")] == ["to"]
    assert [need.name for need in flow.needs("connection")] == ["mail"]
