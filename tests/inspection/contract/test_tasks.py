import pytest
from inspected import ReadFlow, in_dag

from airside.release.description import NeedKind

_SQL = "from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator as Sql\n"
_FILE = "from airflow.providers.standard.sensors.filesystem import FileSensor\n"
_OTHER = "from airflow.providers.standard.sensors.external_task import ExternalTaskSensor\n"
_TRIGGER = "from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator\n"


@pytest.mark.parametrize(
    ("code", "kind", "name", "certainty"),
    [
        (_SQL + 'Sql(task_id="a", sql="select 1", conn_id="dwh")  # here', "connection", "dwh", "exact"),
        (
            _SQL + 'Sql(task_id="a", sql="x", conn_id="{{ params.size }}")  # here',
            "connection",
            "{{ params.size }}",
            "dynamic",
        ),
        (_SQL + 'Sql.partial(task_id="a", conn_id="dwh").expand(sql=["x"])  # here', "connection", "dwh", "exact"),
        (_SQL + 'Sql.partial(task_id="a", sql="x").expand(conn_id=["dwh"])  # here', "connection", "dwh", "exact"),
        (_SQL + 'ARGS = {"conn_id": "dwh"}  # here\nSql(task_id="a", sql="x", **ARGS)', "connection", "dwh", "exact"),
        (_FILE + 'FileSensor(task_id="a", filepath="x")  # here', "connection", "fs_default", "likely"),
        ('EmptyOperator(task_id="a", pool="small")  # here', "pool", "small", "exact"),
        ('@task(pool="small")  # here\ndef a(): pass\na()', "pool", "small", "exact"),
        (_OTHER + 'ExternalTaskSensor(task_id="a", external_dag_id="other")  # here', "workflow", "other", "exact"),
        (_TRIGGER + 'TriggerDagRunOperator(task_id="a", trigger_dag_id="other")  # here', "workflow", "other", "exact"),
        (
            _TRIGGER + 'TriggerDagRunOperator(task_id="a", trigger_dag_id="x_{{ ds }}")  # here',
            "workflow",
            "x_{{ ds }}",
            "dynamic",
        ),
    ],
)
def test_what_an_operator_names_is_found_at_its_argument(
    code: str, kind: NeedKind, name: str, certainty: str, read_flow: ReadFlow
) -> None:
    flow = read_flow(in_dag(code))

    (need,) = flow.needs(kind)
    assert (need.name, need.certainty, need.task) == (name, certainty, "a")
    assert (need.file, [need.line]) == ("dags/flow.py", flow.here)


def test_a_connection_among_the_default_arguments_is_found_there(read_flow: ReadFlow) -> None:
    flow = read_flow(
        _SQL
        + """
ARGS = {"conn_id": "dwh"}  # here
with DAG("flow", schedule=None, default_args=ARGS):
    Sql(task_id="a", sql="select 1")
"""
    )

    assert [(need.name, need.certainty, [need.line]) for need in flow.needs("connection")] == [
        ("dwh", "exact", flow.here)
    ]


def test_a_task_of_a_factory_is_placed_where_the_factory_makes_it(read_flow: ReadFlow) -> None:
    factory = f"{_SQL}\ndef load(conn):\n    return Sql(\n        task_id='a', sql='x',\n        conn_id=conn)\n"
    flow = read_flow(
        "from factory_of_tasks import load\n" + in_dag("load('dwh')  # here"),
        files={"lib/factory_of_tasks.py": factory},
    )

    (need,) = flow.needs("connection")
    assert (need.file, need.line) == ("lib/factory_of_tasks.py", 6)
    assert [task.line for task in flow.facts.description.tasks] == flow.here


def test_assets_of_the_schedule_are_needed_and_those_of_tasks_are_described(read_flow: ReadFlow) -> None:
    flow = read_flow("""
        with DAG("flow", schedule=Asset("orders") & (Asset("shops") | Asset("s3://x/y"))):
            EmptyOperator(task_id="a", inlets=[Asset("in")], outlets=[Asset("out"), Asset("also")])
    """)

    assert [(need.name, need.task) for need in flow.needs("asset")] == [
        ("orders", None),
        ("s3://x/y", None),
        ("shops", None),
    ]
    (task,) = flow.facts.description.tasks
    assert (task.inlets, task.outlets) == (("in",), ("also", "out"))
    assert flow.facts.description.assets == ("orders", "s3://x/y", "shops")


def test_a_pull_from_a_task_that_comes_later_is_told(read_flow: ReadFlow) -> None:
    flow = read_flow(
        in_dag("""
        a = BashOperator(task_id="a", bash_command="{{ ti.xcom_pull(task_ids='b') }}")  # here
        b = BashOperator(task_id="b", bash_command="{{ ti.xcom_pull(task_ids='a') }}")
        a >> b
        """)
    )

    (problem,) = flow.facts.problems
    assert (problem.rule, problem.task, [problem.line]) == ("xcom-order", "a", flow.here)


def test_a_pull_needs_the_name_of_the_group(read_flow: ReadFlow) -> None:
    flow = read_flow(
        in_dag("""
        @task_group
        def load():
            @task
            def extract(): return 1
            extract()

        @task
        def report(ti=None):
            ti.xcom_pull(task_ids="load.extract")
            ti.xcom_pull(task_ids="extract")  # here
        load() >> report()
        """)
    )

    (problem,) = flow.facts.problems
    assert (problem.rule, problem.certainty, [problem.line]) == ("xcom-task", "exact", flow.here)
    assert problem.fix == "Did you mean 'load.extract'?"


_BRANCH = """
with DAG("flow", schedule=None):
    @task.branch
    def choose():
        {code}
    @task_group
    def group():
        EmptyOperator(task_id="first") >> EmptyOperator(task_id="second")
    last = EmptyOperator(task_id="last")
    choose() >> [EmptyOperator(task_id="near"), group()] >> last
    EmptyOperator(task_id="far")
"""


@pytest.mark.parametrize(
    ("code", "certainty"),
    [
        ('return "nearr"  # here', "exact"),
        ('return ["near", "first"]  # here', "exact"),
        ('return "far"  # here', "exact"),
        ('return "last"  # here', "likely"),
        ('return "near" if 1 > 2 else "nowhere"  # here', "exact"),
        ('return {"group.second", "near"}  # here', "likely"),
    ],
)
def test_a_branch_to_a_task_that_is_not_next_is_a_problem(code: str, certainty: str, read_flow: ReadFlow) -> None:
    flow = read_flow(_BRANCH.format(code=code))

    (problem,) = flow.facts.problems
    assert (problem.rule, problem.certainty, problem.task) == ("branch-task", certainty, "choose")
    assert [problem.line] == flow.here


@pytest.mark.parametrize("code", ['return "near"', 'return ["near", "group"]', "return None", 'return "group.first"'])
def test_a_branch_to_the_next_tasks_is_no_problem(code: str, read_flow: ReadFlow) -> None:
    assert read_flow(_BRANCH.format(code=code)).facts.problems == ()


def test_arguments_of_a_branching_operator_are_looked_at(read_flow: ReadFlow) -> None:
    flow = read_flow(
        in_dag("""
        from airflow.providers.common.sql.operators.sql import BranchSQLOperator
        BranchSQLOperator(
            task_id="a",
            sql="select 1",
            conn_id="dwh",
            follow_task_ids_if_true=["yes"],
            follow_task_ids_if_false=["noo"],  # here
        ) >> [EmptyOperator(task_id="yes"), EmptyOperator(task_id="no")]
        """)
    )

    (problem,) = flow.facts.problems
    assert (problem.rule, [problem.line]) == ("branch-task", flow.here)
    assert problem.fix == "Did you mean 'no'?"


@pytest.mark.parametrize(
    ("function", "arguments", "certainty"),
    [
        ("def f(a, b)", 'op_kwargs={"a": 1}', "exact"),
        ("def f()", "op_args=[1]", "exact"),
        ("def f(a)", 'op_kwargs={"a": 1, "c": 2}', "likely"),
        ("def f(a)", 'op_args=[1], op_kwargs={"a": 1}', "exact"),
        ("def f(ds)", 'op_args=["x"]', "exact"),
        ("def f(a, **context)", 'op_kwargs={"b": 1}', "exact"),
    ],
)
def test_arguments_that_do_not_fit_are_a_problem(
    function: str, arguments: str, certainty: str, read_flow: ReadFlow
) -> None:
    flow = read_flow(
        f"{function}: pass\n" + in_dag(f'PythonOperator(task_id="a", python_callable=f, {arguments})  # here')
    )

    (problem,) = flow.facts.problems
    assert (problem.rule, problem.certainty, problem.task) == ("argument-mismatch", certainty, "a")
    assert [problem.line] == flow.here


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("def f(a, ds, ti=None, **context)", 'op_kwargs={"a": 1, "b": 2}'),
        ("def f(a, b=2, *rest)", "op_args=[1, 2, 3]"),
        ("def f(a)", 'op_kwargs="{{ params.size }}"'),
        ("f = print", 'op_args=["x"]'),
        ("def f(templates_dict)", 'templates_dict={"x": "y"}'),
        ("def f(*, logical_date, a)", 'op_kwargs={"a": 1}'),
    ],
)
def test_arguments_that_fit_are_no_problem(function: str, arguments: str, read_flow: ReadFlow) -> None:
    definition = function if "=" in function and "def" not in function else f"{function}: pass"
    flow = read_flow(f"{definition}\n" + in_dag(f'PythonOperator(task_id="a", python_callable=f, {arguments})'))

    assert flow.facts.problems == ()


def test_a_mapped_task_lacks_an_argument(read_flow: ReadFlow) -> None:
    flow = read_flow(
        in_dag("""
        @task
        def add(x, y, ds=None): return x + y
        add.partial(y=1).expand(x=[1, 2])
        add.expand(x=[1, 2])  # here
        """)
    )

    (problem,) = flow.facts.problems
    assert (problem.rule, [problem.line]) == ("argument-mismatch", flow.here)


def test_a_callback_takes_the_context(read_flow: ReadFlow) -> None:
    flow = read_flow("""
        def bad(): pass
        def good(context, **more): pass
        with DAG("flow", schedule=None, on_success_callback=good):
            EmptyOperator(task_id="a", on_failure_callback=good, on_success_callback=bad)  # here
    """)

    (problem,) = flow.facts.problems
    assert (problem.rule, [problem.line]) == ("argument-mismatch", flow.here)


_RESULT = """
import dataclasses, decimal, io, pathlib, re
from collections.abc import Iterator, Generator
from typing import Any, Optional
class Plain: pass
class Own:
    def serialize(self): return {{}}
@dataclasses.dataclass
class Data: x: int = 1
with DAG("flow", schedule=None):
    @task
    def work(x: Any = None){code}
    work()
"""


@pytest.mark.parametrize(
    "code",
    [
        ":\n        return lambda: 1  # here",
        ":\n        return (x for x in [])  # here",
        ':\n        return open("x")  # here',
        ':\n        return b"x"  # here',
        ':\n        return {"a": [b"x"]}  # here',
        ":\n        return Plain()  # here",
        " -> Plain:  # here\n        return x",
        " -> bytes:  # here\n        return x",
        " -> 'list[Plain]':  # here\n        return x",
        " -> Optional[io.StringIO]:  # here\n        return x",
        " -> dict[str, re.Pattern]:  # here\n        return x",
        " -> Iterator[int]:  # here\n        return x",
        " -> pathlib.Path:  # here\n        return x",
    ],
)
def test_a_result_that_cannot_be_stored_is_a_problem(code: str, read_flow: ReadFlow) -> None:
    flow = read_flow(_RESULT.format(code=code))

    (problem,) = flow.facts.problems
    assert (problem.rule, problem.certainty, problem.task) == ("unserializable-result", "exact", "work")
    assert [problem.line] == flow.here


@pytest.mark.parametrize(
    "code",
    [
        " -> Data:\n        return Data()",
        " -> Own:\n        return Own()",
        " -> set[int]:\n        return {1}",
        " -> decimal.Decimal:\n        return decimal.Decimal(1)",
        " -> list[datetime | None]:\n        return [datetime.now()]",
        " -> Any:\n        return x",
        " -> object:\n        return x",
        " -> None:\n        return None",
        " -> 'NotThere':\n        return x",
        " -> Plain | int:\n        return x",
        " -> Iterator[int]:\n        yield 1",
        ":\n        return (1, 2), {'a': {1}}, 'x', 1.5, None",
    ],
)
def test_a_result_that_can_be_stored_is_no_problem(code: str, read_flow: ReadFlow) -> None:
    assert read_flow(_RESULT.format(code=code)).facts.problems == ()


def test_a_result_that_is_not_pushed_is_no_problem(read_flow: ReadFlow) -> None:
    flow = read_flow(
        in_dag("""
        @task(do_xcom_push=False)
        def work(): return lambda: 1
        work()
        """)
    )

    assert flow.facts.problems == ()
