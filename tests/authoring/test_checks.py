"""Each check: what it lets pass, and what it says where it does not."""

import os
import socket
import sys
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import ObjectStoragePath
from airflow.sdk.exceptions import AirflowFailException
from airflow.sdk.io import attach
from fsspec.implementations.memory import MemoryFileSystem  # type: ignore[import-untyped]
from http_stub import HANG, Stub, serving
from pydantic import BaseModel

from airside import checks
from airside.authoring.checks.query_operator import Expectation
from airside.base.errors import CheckFailedError, UsageError


class Orders(BaseModel):
    batch: int


@pytest.fixture
def stub() -> Iterator[Stub]:
    with serving() as running:
        running.body = b'{"status": "ok"}'
        yield running


def run(check: Any) -> None:  # noqa: ANN401 - Airflow's class
    """Do what a worker does with the operator."""
    check.execute({})


def said(check: Any) -> str:  # noqa: ANN401 - as above
    """Return why the check fails: one line."""
    with pytest.raises(CheckFailedError) as caught:
        run(check)
    message = str(caught.value)
    assert "\n" not in message
    return message


def connect(monkeypatch: pytest.MonkeyPatch, uri: str, name: str = "WAREHOUSE") -> None:
    monkeypatch.setenv(f"AIRFLOW_CONN_{name}", uri)


def test_a_config_that_its_model_accepts_is_valid(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    (root / "configs").mkdir()
    (root / "configs" / "orders.yaml").write_text("batch: 1\n")
    run(checks.config_valid("orders", Orders))
    run(checks.config_valid("orders"))
    (root / "configs" / "orders.yaml").write_text("batch: many\n")
    assert "The config 'orders' is not valid" in (message := said(checks.config_valid("orders", Orders)))
    assert "configs/orders.yaml:1: orders.batch" in message
    assert "The config 'nothing' is not valid: Environment 'dev' has no config" in said(checks.config_valid("nothing"))


def test_a_file_exists_is_fresh_and_large_enough(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    assert said(checks.file(str(file))) == f"{file} does not exist"
    file.write_text("a;b\n")
    run(checks.file(str(file), max_age="1h", min_size=4))
    assert said(checks.file(str(file), min_size=5)) == f"{file} has 4 bytes, expected at least 5"
    os.utime(file, (0, 0))
    run(checks.file(str(file)))
    message = said(checks.file(str(file), max_age=timedelta(hours=26)))
    assert message.endswith("old (changed 1970-01-01 00:00:00), expected at most 1d2h")
    assert said(checks.file("orders.csv")).startswith("orders.csv is no absolute path")


def test_an_object_is_looked_at_wherever_fsspec_reaches() -> None:
    attach("memory", "lake", fs=MemoryFileSystem())
    url = "memory://orders.csv"
    target = ObjectStoragePath(url, conn_id="lake")
    assert said(checks.object_fresh(url, connection="lake")) == f"{url} does not exist"
    target.write_text("a;b\n")
    run(checks.object_fresh(url, connection="lake", max_age="1h", min_size=1))
    target.unlink()


@pytest.mark.parametrize("name", ["LastModified", "last_modified", "updated", "mtime"])
def test_each_store_has_its_own_name_for_the_time_of_a_change(name: str) -> None:
    moment = datetime.now(UTC) - timedelta(hours=3)

    class Remote(MemoryFileSystem):  # type: ignore[misc]  # fsspec is untyped
        def info(self, path: str, **_: object) -> dict[str, object]:
            return {"name": path, "size": 1, "type": "file", name: moment.timestamp() if name == "mtime" else moment}

    attach("memory", name, fs=Remote())
    run(checks.object_fresh("memory://orders.csv", connection=name, max_age="4h"))
    assert " is 3h" in said(checks.object_fresh("memory://orders.csv", connection=name, max_age="2h"))


def test_an_object_of_a_store_without_its_provider_says_so() -> None:
    message = said(checks.object_fresh("s3://lake/orders.csv", connection="lake"))
    assert message.startswith("s3://lake/orders.csv cannot be looked at through the connection 'lake': ")


def test_there_is_free_space(tmp_path: Path) -> None:
    run(checks.free_space(str(tmp_path), at_least="1KB"))
    message = said(checks.free_space(str(tmp_path), at_least="9000TiB"))
    assert message.startswith(f"{tmp_path} has ")
    assert message.endswith(" free, expected at least 9000 TiB")
    assert said(checks.free_space("/no/such")) == "/no/such cannot be looked at: No such file or directory"


@pytest.mark.parametrize(
    ("size", "expected"), [(7, 7), ("7B", 7), ("1.5KB", 1500), ("500 MB", 500_000_000), ("10GiB", 10 * 1024**3)]
)
def test_a_size_is_bytes_or_a_text(size: int | str, expected: int) -> None:
    assert checks.free_space("/", at_least=size).at_least == expected


def test_what_says_no_size_and_no_duration_is_refused() -> None:
    with pytest.raises(UsageError, match="10GiB"):
        checks.free_space("/", at_least="much")
    with pytest.raises(UsageError, match="max_age has to be a duration"):
        checks.file("/a", max_age="1 day")


def test_an_endpoint_answers(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, f"http://127.0.0.1:{stub.port}", "API")
    run(checks.http("api", "health", contains='"ok"'))
    assert stub.seen == ["GET /health"]
    assert said(checks.http("api", "health", contains="up")).endswith("answers 200 without the text 'up'")
    stub.statuses = [503]
    message = said(checks.http("api", "health"))
    assert message == "GET health of the connection 'api' answers 503 Service Unavailable, expected 200"
    run(checks.http("api", "health", status=[200, 503]))


def test_an_endpoint_that_does_not_answer_in_time_fails(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, f"http://127.0.0.1:{stub.port}", "API")
    stub.statuses = [HANG]
    assert "GET / of the connection 'api' does not answer: " in said(checks.http("api", timeout=0.2))


def test_the_hook_of_a_connection_says_whether_it_answers(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, f"http://127.0.0.1:{stub.port}")
    run(checks.connection("warehouse"))
    stub.statuses = [500]
    assert said(checks.connection("warehouse")).startswith("The connection 'warehouse' does not answer: 500")


def test_a_connection_without_a_test_is_reached_at_its_port(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        connect(monkeypatch, f"unknown-type://user:hidden@127.0.0.1:{port}/db")
        run(checks.connection("warehouse"))
    message = said(checks.connection("warehouse"))
    assert message.startswith(f"The connection 'warehouse' does not answer at 127.0.0.1:{port}: ")
    assert "hidden" not in message


def test_a_connection_that_cannot_be_tested_or_is_not_there_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, "unknown-type://")
    assert "cannot be tested: no provider here has the type 'unknown_type'" in said(checks.connection("warehouse"))
    assert said(checks.connection("nowhere")).startswith("The connection 'nowhere' cannot be had: ")


@pytest.mark.parametrize(
    ("expectation", "row", "fault"),
    [
        (Expectation(), (1, "a"), None),
        (Expectation(), (1, 0), "returned 1, 0, where each value has to be true"),
        (Expectation(equals=3), (3,), None),
        (Expectation(equals=3), (4,), "returned 4, expected 3"),
        (Expectation(equals=0), (0,), None),
        (Expectation(at_least=1, at_most=5), (5,), None),
        (Expectation(at_least=1), (0,), "returned 0, expected at least 1"),
        (Expectation(at_most=5), (6,), "returned 6, expected at most 5"),
        (Expectation(at_most=5), (None,), "returned NULL"),
    ],
)
def test_the_first_row_is_compared_with_what_is_expected(
    expectation: Expectation, row: tuple[object, ...], fault: str | None
) -> None:
    assert expectation.fault(row) == fault


def test_a_database_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, "postgres://user:hidden@127.0.0.1:1/db")
    message = said(checks.sql("warehouse", "SELECT count(*)\n  FROM orders", at_least=1))
    assert message.startswith("The query on 'warehouse' failed: ")
    assert message.endswith("(SELECT count(*) FROM orders)")
    assert "hidden" not in message


def test_expectations_that_exclude_each_other_are_refused() -> None:
    with pytest.raises(UsageError, match="has equals, or at_least and at_most"):
        checks.sql("warehouse", "SELECT 1", equals=1, at_least=1)


@pytest.mark.parametrize(
    ("module", "package"),
    [
        ("airflow.providers.common.sql.operators.sql", "apache-airflow-providers-common-sql"),
        ("airflow.providers.http.operators.http", "apache-airflow-providers-http"),
    ],
)
def test_a_provider_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch, module: str, package: str) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    for own in ("query_operator", "endpoint_operator"):
        monkeypatch.delitem(sys.modules, f"airside.authoring.checks.{own}", raising=False)
    make = {"apache-airflow-providers-common-sql": lambda: checks.sql("a", "SELECT 1")}
    with warnings.catch_warnings(), pytest.raises(UsageError, match=f"needs {package}"):
        make.get(package, lambda: checks.http("a"))()


def test_a_failed_check_is_tried_again_only_where_it_says_so() -> None:
    with pytest.raises(AirflowFailException):
        run(checks.file("/no/such"))
    with pytest.raises(CheckFailedError) as caught:
        run(checks.file("/no/such", retries=3))
    assert not isinstance(caught.value, AirflowFailException)


def test_the_id_of_a_check_says_what_it_looks_at() -> None:
    made = [
        checks.connection("warehouse"),
        checks.sql("warehouse", "SELECT 1"),
        checks.object_fresh("s3://lake/orders/{{ ds }}.parquet"),
        checks.http("api", "v1/health"),
        checks.config_valid("sales.orders"),
        checks.free_space("/"),
        checks.file("/data/in.csv", task_id="incoming"),
    ]
    assert [check.task_id for check in made] == [
        "connection_warehouse",
        "sql_warehouse",
        "object_s3_lake_orders_ds_parquet",
        "http_api_v1_health",
        "config_sales_orders",
        "free_space",
        "incoming",
    ]
    assert {check.retries for check in made} == {1}
