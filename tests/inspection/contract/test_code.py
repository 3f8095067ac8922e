import textwrap

import pytest
from inspected import ReadFlow, in_task

from airside.release.description import NeedKind

Case = tuple[str, NeedKind, str, str, bool]

_CASES: dict[str, Case] = {
    "variable, by a name of a comprehension": (
        """[Variable.get(name) for name in ["limit"]]  # here""",
        "variable",
        "limit",
        "exact",
        False,
    ),
    "variable": ("""Variable.get("limit")  # here""", "variable", "limit", "exact", False),
    "variable, default": ("""Variable.get("limit", default=3)  # here""", "variable", "limit", "exact", True),
    "variable, by keyword": ("""Variable.get(key="limit")  # here""", "variable", "limit", "exact", False),
    "variable of Airflow 2": (
        """
        from airflow.models import Variable as V
        V.get("limit", default_var=None)  # here
        """,
        "variable",
        "limit",
        "exact",
        True,
    ),
    "variable, local constant": (
        """
        name = "limit"
        Variable.get(name)  # here
        """,
        "variable",
        "limit",
        "exact",
        False,
    ),
    "variable, text put together": (
        """
        team = "sales"
        Variable.get(f"{team}_limit" + "_max")  # here
        """,
        "variable",
        "sales_limit_max",
        "exact",
        False,
    ),
    "variable, made at run time": (
        """Variable.get(f"limit_{ti.task_id}")  # here""",
        "variable",
        "f'limit_{ti.task_id}'",
        "dynamic",
        False,
    ),
    "variable, in some runs": (
        """
        if ti.try_number > 1:
            Variable.get("limit")  # here
        """,
        "variable",
        "limit",
        "likely",
        False,
    ),
    "variable, failure caught": (
        """
        try:
            Variable.get("limit")  # here
        except KeyError:
            pass
        """,
        "variable",
        "limit",
        "exact",
        True,
    ),
    "variable, failure caught and raised again": (
        """
        try:
            Variable.get("limit")  # here
        except KeyError:
            print("no limit")
            raise
        """,
        "variable",
        "limit",
        "exact",
        False,
    ),
    "variable, failure suppressed": (
        """
        import contextlib
        with contextlib.suppress(KeyError):
            Variable.get("limit")  # here
        """,
        "variable",
        "limit",
        "exact",
        True,
    ),
    "connection": ("""Connection.get("dwh")  # here""", "connection", "dwh", "exact", False),
    "connection, hook class": ("""BaseHook.get_connection("dwh")  # here""", "connection", "dwh", "exact", False),
    "connection, hook by keyword": (
        """
        from airflow.providers.postgres.hooks.postgres import PostgresHook
        PostgresHook(postgres_conn_id="dwh").get_first("select 1")  # here
        """,
        "connection",
        "dwh",
        "exact",
        False,
    ),
    "connection, hook by position": (
        """
        from airflow.providers.postgres.hooks.postgres import PostgresHook
        PostgresHook("dwh")  # here
        """,
        "connection",
        "dwh",
        "exact",
        False,
    ),
    "connection, default of the hook": (
        """
        from airflow.providers.postgres.hooks.postgres import PostgresHook
        PostgresHook()  # here
        """,
        "connection",
        "postgres_default",
        "likely",
        False,
    ),
    "connection, hook that is not installed": (
        """
        from airflow.providers.google.cloud.hooks.gcs import GCSHook
        GCSHook(gcp_conn_id="lake")  # here
        """,
        "connection",
        "lake",
        "exact",
        False,
    ),
    "credentials": (
        """
        from airside import credentials
        credentials.get("dwh")  # here
        """,
        "connection",
        "dwh",
        "exact",
        False,
    ),
    "config": (
        """
        from airside import config
        config.get("sales.orders.load")  # here
        """,
        "config",
        "sales.orders.load",
        "exact",
        False,
    ),
    "environment variable": (
        """
        import os
        os.environ["STAGE"]  # here
        """,
        "environment-variable",
        "STAGE",
        "exact",
        False,
    ),
    "environment variable, get": (
        """
        import os
        os.environ.get("STAGE")  # here
        """,
        "environment-variable",
        "STAGE",
        "exact",
        True,
    ),
    "environment variable, getenv": (
        """
        from os import getenv
        getenv("STAGE", "dev")  # here
        """,
        "environment-variable",
        "STAGE",
        "exact",
        True,
    ),
    "package": ("""import sqlalchemy.orm  # here""", "package", "sqlalchemy", "exact", False),
    "package of a provider": (
        """from airflow.providers.google.cloud.hooks.gcs import GCSHook  # here""",
        "package",
        "airflow.providers.google",
        "exact",
        False,
    ),
    "in a function in the task": (
        """
        def inner():
            return Variable.get("limit")  # here
        inner()
        """,
        "variable",
        "limit",
        "exact",
        False,
    ),
    "in a lambda": ("""sorted([], key=lambda x: Variable.get("limit"))  # here""", "variable", "limit", "exact", False),
}


@pytest.mark.parametrize("case", _CASES.values(), ids=_CASES)
def test_what_a_task_asks_for_is_found_at_its_line(case: Case, read_flow: ReadFlow) -> None:
    code, kind, name, certainty, optional = case

    flow = read_flow(in_task(code))

    (need,) = flow.needs(kind)
    assert (need.name, need.certainty, need.optional) == (name, certainty, optional)
    assert (need.task, need.file, [need.line]) == ("work", "dags/flow.py", flow.here)


def test_each_item_of_a_constant_list_is_asked_for(read_flow: ReadFlow) -> None:
    flow = read_flow(
        in_task("""
        for conn in ["east", "west"]:
            Connection.get(conn)  # here
        """)
    )

    assert [(need.name, need.certainty) for need in flow.needs("connection")] == [
        ("east", "likely"),
        ("west", "likely"),
    ]


def test_helpers_of_the_workspace_are_followed_with_their_arguments(read_flow: ReadFlow) -> None:
    helper = """
        from functools import wraps
        from airflow.sdk import Variable, Connection

        NAME = "limit"

        def logged(function):
            @wraps(function)
            def inner(*args, **kwargs):
                return function(*args, **kwargs)
            return inner

        @logged
        def limit(): return Variable.get(NAME)

        class Client:
            def __init__(self, conn): self.conn = Connection.get(conn)
            def fetch(self): return self.more()
            def more(self): return Variable.get("deep")
        """
    flow = read_flow(
        in_task("""
            import helpers_followed
            from helpers_followed import Client
            helpers_followed.limit()
            client = Client("dwh")
            client.fetch()
        """),
        files={"lib/helpers_followed.py": helper},
    )

    needs = {(need.name, need.certainty, need.file, need.line) for need in flow.facts.description.needs}
    lines = textwrap.dedent(helper).splitlines()
    assert needs == {
        (name, "exact", "lib/helpers_followed.py", 1 + next(i for i, line in enumerate(lines) if text in line))
        for name, text in {"limit": "def limit", "deep": "def more", "dwh": "def __init__"}.items()
    }


def test_arguments_of_the_operator_are_known_in_its_function(read_flow: ReadFlow) -> None:
    flow = read_flow("""
        def load(conn): return Connection.get(conn)  # here
        with DAG("flow", schedule=None):
            PythonOperator(task_id="a", python_callable=load, op_kwargs={"conn": "east"})
            PythonOperator(task_id="b", python_callable=load, op_args=["west"])
            PythonOperator(task_id="c", python_callable=load, op_kwargs={"conn": "{{ ds }}"})
    """)

    found = [(need.task, need.name, need.certainty, need.line) for need in flow.needs("connection")]
    assert found == [
        ("c", "conn", "dynamic", flow.here[0]),
        ("a", "east", "exact", flow.here[0]),
        ("b", "west", "exact", flow.here[0]),
    ]


def test_a_module_that_is_not_there_is_a_problem(read_flow: ReadFlow) -> None:
    flow = read_flow(in_task("import no_such_module_anywhere.part  # here"))

    (problem,) = flow.problems("missing-package")
    assert "'no_such_module_anywhere.part'" in problem.message
    assert (problem.certainty, problem.task, [problem.line]) == ("exact", "work", flow.here)


@pytest.mark.parametrize(
    "code",
    [
        "try:\n    import no_such_module_anywhere\nexcept ImportError:\n    pass",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import no_such_module_anywhere",
        "if False:\n    import no_such_module_anywhere",
        "import json, os.path, xml.etree.ElementTree, airflow.sdk",
    ],
)
def test_a_module_that_the_code_does_without_is_no_problem(code: str, read_flow: ReadFlow) -> None:
    assert read_flow(in_task(code)).facts.problems == ()


def test_packages_of_another_python_are_not_looked_for_in_this_one(read_flow: ReadFlow) -> None:
    flow = read_flow("""
        with DAG("flow", schedule=None):
            @task.external_python(python="/usr/bin/python3")
            def work():
                import no_such_module_anywhere
            work()
    """)

    assert flow.facts.problems == ()
    assert flow.needs("package") == []


def test_modules_of_the_workspace_are_no_packages(read_flow: ReadFlow) -> None:
    flow = read_flow(in_task("import own_module_here"), files={"lib/own_module_here.py": "x = 1"})

    assert flow.facts.problems == ()
    assert flow.needs("package") == []


def test_callbacks_are_read(read_flow: ReadFlow) -> None:
    flow = read_flow("""
        def alert(context): return Variable.get("channel")  # here
        with DAG("flow", schedule=None, on_failure_callback=alert):
            EmptyOperator(task_id="a", on_success_callback=[alert])
    """)

    assert [(need.task, need.name, need.line) for need in flow.needs("variable")] == [
        (None, "channel", flow.here[0]),
        ("a", "channel", flow.here[0]),
    ]


def test_methods_of_an_operator_of_the_workspace_are_read(read_flow: ReadFlow) -> None:
    flow = read_flow("""
        from airflow.sdk import BaseOperator
        class Load(BaseOperator):
            def __init__(self, table, **kwargs):
                super().__init__(**kwargs)
                self.table = table
            def execute(self, context): return Variable.get(f"limit_{self.table}")  # here
        with DAG("flow", schedule=None):
            Load(task_id="load", table="orders")
    """)

    (need,) = flow.needs("variable")
    assert (need.name, need.certainty, need.task, [need.line]) == ("limit_orders", "exact", "load", flow.here)


def test_the_function_of_a_mapped_task_is_read(read_flow: ReadFlow) -> None:
    flow = read_flow("""
        with DAG("flow", schedule=None):
            @task
            def work(x): return Variable.get("limit")  # here
            work.expand(x=[1, 2])
    """)

    assert [(need.name, need.certainty, [need.line]) for need in flow.needs("variable")] == [
        ("limit", "exact", flow.here)
    ]
