import pytest
from flow_runs import Flow, of

from airside.base.errors import UsageError
from airside.testing.outcome import Need

ASKS = """
    with DAG("flow"):
        @task
        def one():
            found = Connection.get("dwh")
            return [found.conn_type, found.host, found.login, found.port, found.schema, found.extra_dejson]
        one()
    """


@pytest.mark.parametrize(
    "given",
    [
        "postgresql://me:secret@db:5432/sales?sslmode=off",
        {
            "conn_type": "postgres",
            "host": "db",
            "login": "me",
            "password": "secret",
            "port": "5432",
            "schema": "sales",
            "extra": {"sslmode": "off"},
        },
        '{"conn_type": "postgres", "host": "db", "login": "me", "port": 5432, "schema": "sales", "extra": "{}"}',
    ],
    ids=["uri", "fields", "json"],
)
def test_a_connection_is_what_the_test_gives(flow: Flow, given: object) -> None:
    outcome = flow(ASKS, connections={"dwh": given})

    assert of(outcome, "one").output[:5] == ["postgres", "db", "me", 5432, "sales"]
    assert of(outcome, "one").output[5] in ({"sslmode": "off"}, {})


def test_a_connection_that_is_none_is_refused_without_its_text(flow: Flow) -> None:
    with pytest.raises(UsageError, match="'dwh' of this test is neither a URI nor") as caught:
        flow(ASKS, connections={"dwh": "hunter2"})

    assert "hunter2" not in str(caught.value)


def test_a_field_that_connections_do_not_have_is_refused(flow: Flow) -> None:
    with pytest.raises(UsageError, match="unknown field 'user'"):
        flow(ASKS, connections={"dwh": {"user": "me"}})


def test_a_connection_that_is_not_given_is_told_with_its_line(flow: Flow) -> None:
    outcome = flow(ASKS)

    error = of(outcome, "one").error
    assert error is not None
    assert (error.type, error.line) == ("AirflowNotFoundException", 6)
    assert outcome.needs == (Need("connection", "dwh", is_given=False, task_id="one", file="dags/flow.py", line=6),)


def test_what_an_operator_asks_for_has_the_line_where_it_is_named(flow: Flow) -> None:
    outcome = flow("""
        from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
        with DAG("flow"):
            SQLExecuteQueryOperator(
                task_id="one",
                conn_id="dwh",
                sql="select {{ var.value.limit }}",
            )
    """)

    assert [(need.name, need.is_given, need.line) for need in outcome.needs] == [("limit", False, 8)]
    outcome = flow(
        """
        from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
        with DAG("flow"):
            SQLExecuteQueryOperator(
                task_id="one",
                conn_id="dwh",
                sql="select 1",
            )
    """
    )

    assert [(need.name, need.is_given, need.line) for need in outcome.needs] == [("dwh", False, 7)]


def test_variables_are_those_of_the_test_and_of_the_workflow_itself(flow: Flow) -> None:
    outcome = flow(
        """
        LIMIT = Variable.get("limit")
        with DAG("flow"):
            @task
            def one():
                Variable.set("more", {"a": 1}, serialize_json=True)
                return [LIMIT, Variable.get("more", deserialize_json=True), Variable.get("none", default="x")]
            @task
            def two(found):
                Variable.delete("limit")
                return [Variable.get("more", deserialize_json=True), Variable.get("limit", default=None)]
            two(one())
        """,
        variables={"limit": "10"},
    )

    assert of(outcome, "one").output == ["10", {"a": 1}, "x"]
    assert of(outcome, "two").output == [{"a": 1}, None]
    assert outcome.needs[0] == Need("variable", "limit", is_given=True, task_id=None, file="dags/flow.py", line=3)


def test_the_shell_leaks_nothing_into_a_run(flow: Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_DWH", "postgres://real")
    monkeypatch.setenv("AIRFLOW_VAR_LIMIT", "real")
    outcome = flow("""
        with DAG("flow"):
            @task
            def one():
                return Variable.get("limit", default="nothing")
            @task
            def two():
                return Connection.get("dwh").host
            one(), two()
    """)

    assert of(outcome, "one").output == "nothing"
    assert of(outcome, "two").state == "failed"


def test_the_environment_that_a_test_gives_counts(flow: Flow) -> None:
    outcome = flow(
        """
        import os
        with DAG("flow"):
            @task
            def one():
                return [Connection.get("dwh").host, Variable.get("limit"), os.environ["STAGE"]]
            one()
        """,
        environment={"AIRFLOW_CONN_DWH": "postgres://given", "AIRFLOW_VAR_LIMIT": "3", "STAGE": "test"},
    )

    assert of(outcome, "one").output == ["given", "3", "test"]


def test_credentials_are_the_connections_of_the_test(flow: Flow) -> None:
    outcome = flow(
        """
        from airside import credentials
        with DAG("flow"):
            @task
            def one():
                return credentials.get("dwh").user
            one()
        """,
        connections={"dwh": {"conn_type": "postgres", "login": "me"}},
    )

    assert of(outcome, "one").output == "me"


def test_awaited_look_ups_find_the_same(flow: Flow) -> None:
    outcome = flow(
        """
        import asyncio
        from airflow.sdk import BaseHook
        with DAG("flow"):
            @task
            def one():
                return asyncio.run(BaseHook.aget_connection("dwh")).host
            one()
        """,
        connections={"dwh": "postgres://db"},
    )

    assert of(outcome, "one").output == "db"


def test_older_ways_to_ask_find_the_same(flow: Flow) -> None:
    outcome = flow(
        """
        from airflow import models
        from airflow.sdk import BaseHook
        with DAG("flow"):
            @task
            def one():
                old = models.Connection.get_connection_from_secrets("dwh")
                return [BaseHook.get_connection("dwh").host, old.host, models.Variable.get("limit")]
            one()
        """,
        connections={"dwh": "postgres://db"},
        variables={"limit": 10},
    )

    assert of(outcome, "one").output == ["db", "db", "10"]


def test_what_is_asked_for_twice_has_the_first_line_of_each_task(flow: Flow) -> None:
    outcome = flow(
        """
        with DAG("flow"):
            @task
            def one():
                Variable.get("limit")
                Variable.get("limit")
            @task
            def two():
                Variable.get("limit")
            one() >> two()
        """,
        variables={"limit": "1"},
    )

    assert [(need.task_id, need.line) for need in outcome.needs] == [("one", 6), ("two", 10)]
