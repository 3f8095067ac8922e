"""What partials, objects and defaults give to functions is known in them."""

import textwrap

import pytest
from inspected import ReadFlow, in_dag

_LOAD = "def load(key, ds=None):\n    return Variable.get(key)\n"
_PARTIAL = "from functools import partial\n"
_CLASS = """
class Loader:
    prefix = "dwh"
    def __init__(self, name):
        self.name = name
    def load(self, key="size"):
        return Variable.get(f"{self.prefix}_{self.name}_{key}")
"""


@pytest.mark.parametrize(
    ("code", "names"),
    [
        (_PARTIAL + _LOAD + 'PythonOperator(task_id="a", python_callable=partial(load, "limit"))', ["limit"]),
        (_PARTIAL + _LOAD + 'PythonOperator(task_id="a", python_callable=partial(load, key="limit"))', ["limit"]),
        (
            _PARTIAL + _LOAD + 'PythonOperator(task_id="a", python_callable=partial(load, key="x"), '
            'op_kwargs={"key": "limit"})',
            ["limit"],
        ),
        (_CLASS + 'PythonOperator(task_id="a", python_callable=Loader("orders").load)', ["dwh_orders_size"]),
        (
            _CLASS + 'PythonOperator(task_id="a", python_callable=Loader("orders").load, op_args=["limit"])',
            ["dwh_orders_limit"],
        ),
        ('@task\ndef a(key="limit"):\n    Variable.get(key)\na()', ["limit"]),
        ('@task\ndef a(key="limit"):\n    Variable.get(key)\na("other")', ["other"]),
        ('@task\ndef a(key="limit"):\n    Variable.get(key)\na.expand(key=["x", "y"])', ["key"]),
        ('@task\ndef a(key="limit"):\n    Variable.get(key)\na.expand_kwargs([{"key": "x"}])', ["key"]),
        ('@task\ndef a(number, key="limit"):\n    Variable.get(key)\na.expand(number=[1])', ["limit"]),
        (
            _LOAD + 'PythonOperator.partial(task_id="a", python_callable=load).expand(op_kwargs=[{"key": "x"}])',
            ["key"],
        ),
        ("def a(ds='x'):\n    Variable.get(ds)\nPythonOperator(task_id='a', python_callable=a)", ["ds"]),
    ],
)
def test_the_arguments_of_a_function_are_known_in_it(code: str, names: list[str], read_flow: ReadFlow) -> None:
    flow = read_flow(in_dag(code))

    assert [need.name for need in flow.needs("variable")] == names


def test_a_partial_gives_a_callback_its_arguments(read_flow: ReadFlow) -> None:
    flow = read_flow("""
        from functools import partial
        def tell(context, key):
            Variable.get(key)
        with DAG("flow", schedule=None, on_failure_callback=partial(tell, key="recipients")):
            EmptyOperator(task_id="a")
    """)

    assert [(need.name, need.certainty) for need in flow.needs("variable")] == [("recipients", "exact")]


@pytest.mark.parametrize(
    ("expanded", "reasons"),
    [
        ('op_kwargs=[{"table": "x"}, {"tabel": "y"}]', 1),
        ('op_args=[["x"], ["x", 1, 2]]', 1),
        ('op_kwargs=[{"table": "x"}, {"table": "y", "rows": 2}]', 0),
        ('op_args=[["x"], ["x", 1]]', 0),
    ],
)
def test_each_call_of_a_mapped_function_is_checked(expanded: str, reasons: int, read_flow: ReadFlow) -> None:
    flow = read_flow(
        in_dag(f"""
        def load(table, rows=0):
            pass
        PythonOperator.partial(task_id="a", python_callable=load).expand({expanded})
        """)
    )

    assert len(flow.problems("argument-mismatch")) == reasons


def test_a_text_that_is_chosen_by_a_key_is_one_of_its_values(read_flow: ReadFlow) -> None:
    flow = read_flow(
        in_dag("""
        WAYS = {"small": "b", "large": "c"}
        def choose(rows):
            way = "small" if rows else "large"
            return WAYS[way]
        BranchPythonOperator(task_id="a", python_callable=choose, op_args=[1]) >> EmptyOperator(task_id="b")
        """)
    )

    (problem,) = flow.problems("branch-task")
    assert (problem.message.split("'")[1], problem.certainty) == ("c", "exact")


@pytest.mark.parametrize(
    ("code", "certainties"),
    [
        ('if ti.try_number:\n    way = "b"', ["likely"]),
        ('if ti.try_number:\n    way = "b"\nelif ti.run_id:\n    way = "b"', ["likely"]),
        ('if ti.try_number:\n    way = "b"\nelse:\n    way = "b"', []),
        ('if ti.try_number:\n    way = "b"\nelse:\n    return None', []),
        ('way = "b"', []),
    ],
)
def test_a_name_returns_what_it_may_stand_for_in_the_end(
    code: str, certainties: list[str], read_flow: ReadFlow
) -> None:
    body = textwrap.indent(f'way = "unset"\n{code}\nreturn way', "    ")
    flow = read_flow(in_dag(f'@task.branch\ndef a(ti=None):\n{body}\na() >> EmptyOperator(task_id="b")'))

    assert [problem.certainty for problem in flow.problems("branch-task")] == certainties
