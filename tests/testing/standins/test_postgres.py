import os
import shutil
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import psycopg2
import pytest
from standing_in import Start, Write

from airside.base.errors import UsageError
from airside.testing import postgres
from airside.testing.standins.databases import postgres_account
from airside.testing.standins.databases.cluster import Cluster
from airside.testing.standins.databases.postgres_account import account_for
from airside.testing.standins.databases.postgres_database import RunningPostgres
from airside.testing.standins.servers import Servers


def _address(running: RunningPostgres) -> dict[str, Any]:
    fields = running.reached.connection
    return {
        "host": fields["host"],
        "port": fields["port"],
        "user": fields["login"],
        "password": fields["password"],
        "dbname": fields["schema"],
    }


def test_every_client_reaches_it(start: Start) -> None:
    running = start(postgres(tables={"t": [{"n": 1}]}))
    with psycopg.connect(**_address(running)) as new, psycopg2.connect(**_address(running)) as old:
        new.execute("insert into t values (2)")
        new.commit()
        with old.cursor() as cursor:
            cursor.execute("select sum(n) from t")
            assert cursor.fetchone() == (3,)
    old.close()


def test_values_have_the_types_of_postgres(start: Start, write: Write) -> None:
    write({"t.csv": "price,at,id,tags\n1.10,2026-01-02 03:04:05+01:00,0a0b0c0d-0000-4000-8000-000000000000,{a}\n"})
    types = {"price": "numeric(10, 2)", "id": "uuid", "tags": "text[]"}
    running = start(postgres(tables={"t": "t.csv", "raw.u": [{"l": [1, {"a": None}]}]}, types={"t": types}))
    assert running.rows("t") == [
        {
            "price": Decimal("1.10"),
            "at": datetime(2026, 1, 2, 2, 4, 5, tzinfo=UTC),
            "id": UUID("0a0b0c0d-0000-4000-8000-000000000000"),
            "tags": ["a"],
        }
    ]
    assert running.tables() == ["raw.u", "t"]
    assert running.rows("raw.u") == [{"l": [1, {"a": None}]}]
    assert running.columns("raw.u") == {"l": "jsonb"}


def test_functions_in_dollars_are_one_statement(start: Start, write: Write) -> None:
    body = "create function f() returns int language sql as $$ select 1; select 2; $$;\nselect 1 / (f() - 2);\n"
    write({"s.sql": body})
    with pytest.raises(UsageError, match=r"^s\.sql:2: Postgres refuses the SQL: division by zero$"):
        start(postgres(schema="s.sql"))


def test_a_row_that_breaks_a_foreign_key_is_an_error_of_its_table(start: Start) -> None:
    schema = "create table a (n int primary key); create table b (n int references a)"
    with pytest.raises(UsageError, match=r"^rows of b does not fit into the table b: .*foreign key"):
        start(postgres(schema=schema, tables={"a": [{"n": 1}], "b": [{"n": 2}]}))


def test_text_that_postgres_cannot_hold_is_an_error_of_its_row(start: Start) -> None:
    with pytest.raises(UsageError, match=r"^Row 2 of t does not fit into the table t: .*NUL"):
        start(postgres(tables={"t": [{"s": "x"}, {"s": "a\0b"}]}))


def test_a_workflow_owns_its_database_and_nothing_else(start: Start) -> None:
    running = start(postgres())
    for statement in ("create database other", "create role somebody", "alter system set work_mem = '1GB'"):
        with pytest.raises(UsageError, match=r"denied|must be"):
            running.query(statement)


def test_a_database_has_the_name_that_the_workflow_expects(start: Start) -> None:
    assert start(postgres()).reached.connection["schema"] == "dwh"
    assert start(postgres(database="sales")).reached.connection["schema"] == "sales"
    with pytest.raises(UsageError, match="There is a database 'sales' already"):
        start(postgres(database="sales"), "other")
    assert start(postgres(), "x" * 80).rows


def test_a_connection_that_a_workflow_has_left_open_does_not_hold_up_the_next_test(
    start: Start, servers: Servers
) -> None:
    running = start(postgres(tables={"t": [{"n": 1}]}))
    with psycopg.connect(**_address(running)) as left:
        left.execute("lock table t")
        running.close()
        assert start(postgres()).tables() == []
        with pytest.raises(psycopg.OperationalError):
            left.execute("select 1")
    assert "dwh" in servers.shared(Cluster)._names


def test_the_same_seed_is_made_once_and_copied(start: Start) -> None:
    rows = [{"n": n, "text": "x" * 50} for n in range(20_000)]
    seconds = []
    for _ in range(4):
        begun = time.perf_counter()
        running = start(postgres(tables={"big": rows}))
        seconds.append(time.perf_counter() - begun)
        assert running.query("select count(*) as n from big") == [{"n": 20_000}]
        running.query("delete from big")
    assert min(seconds[2:]) < seconds[0]


def test_binaries_that_the_account_cannot_reach_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packaged = tmp_path / "package" / "pginstall"
    (packaged / "bin").mkdir(parents=True)
    program = packaged / "bin" / "postgres"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    (tmp_path / "package.libs").mkdir()
    (tmp_path / "package.libs" / "x.so").write_text("")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(postgres_account, "_is_known", lambda name: name == "nobody")
    monkeypatch.setattr(postgres_account, "_can_all_enter", lambda path: not path.is_relative_to(tmp_path))
    account = account_for(packaged)
    (folder,) = account.folders
    assert (account.name, account.binaries) == ("nobody", folder / "package" / "pginstall")
    assert (account.binaries / "bin" / "postgres").stat().st_mode & 0o777 == 0o755
    assert (folder / "package.libs" / "x.so").exists()
    shutil.rmtree(folder)
