"""What holds for each kind of database."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from standing_in import Start, Write

from airside.base.errors import UsageError
from airside.testing import duckdb, postgres, sqlite
from airside.testing.standins.port import StandIn
from airside.testing.standins.readings import HasTables

Make = Callable[..., StandIn]


@pytest.fixture(params=[postgres, sqlite, duckdb], ids=["postgres", "sqlite", "duckdb"])
def make(request: pytest.FixtureRequest) -> Make:
    made: Make = request.param
    return made


ORDERS = "id,zip,price,day,note\n1,0012,1.5,2026-01-02,hi\n2,3400,,2026-01-03,\n"


def test_tables_come_from_csv_json_and_the_test_itself(make: Make, start: Start, write: Write) -> None:
    write({"orders.csv": ORDERS, "rates.json": '[{"cur": "eur", "rate": 1.1}]'})
    running = start(make(tables={"orders": "orders.csv", "rates": "rates.json", "days": [{"n": 1}, {"n": None}]}))
    assert isinstance(running, HasTables)
    assert running.tables() == ["days", "orders", "rates"]
    assert [(row["id"], row["zip"], row["price"], row["note"]) for row in running.rows("orders")] == [
        (1, "0012", 1.5, "hi"),
        (2, "3400", None, None),
    ]
    assert str(running.rows("orders")[0]["day"]) == "2026-01-02"
    assert running.rows("rates") == [{"cur": "eur", "rate": 1.1}]
    assert running.rows("days") == [{"n": 1}, {"n": None}]


def test_a_type_that_the_test_wants_wins_over_the_inferred_one(make: Make, start: Start, write: Write) -> None:
    write({"t.csv": "id,n\n1,2\n"})
    running = start(
        make(
            tables={"t": "t.csv", "u": {"rows": [{"a": 1}], "types": {"a": "text"}}}, types={"t": {"id": "varchar(5)"}}
        )
    )
    assert running.rows("t") == [{"id": "1", "n": 2}]
    assert running.rows("u") == [{"a": "1"}]
    assert {"varchar(5)", "character varying(5)", "VARCHAR"} & {
        running.columns("t")["id"],
        running.columns("t")["id"].lower(),
    }


def test_sql_makes_tables_before_and_changes_them_after_the_rows_are_there(
    make: Make, start: Start, write: Write
) -> None:
    write({"schema.sql": "create table t (ID int primary key, v text default 'x');\n", "t.csv": "id\n1\n2\n"})
    running = start(make(schema="schema.sql", tables={"t": "t.csv"}, sql="update t set v = 'y' where id = 2"))
    assert [tuple(row.values()) for row in running.rows("T")] == [(1, "x"), (2, "y")]


def test_an_empty_table_has_the_schema_that_the_test_gives(make: Make, start: Start) -> None:
    running = start(make(tables={"t": {"schema": "id integer primary key, day date"}}))
    assert (list(running.columns("t")), running.rows("t")) == (["id", "day"], [])


def test_a_query_returns_its_rows_and_a_statement_none(make: Make, start: Start) -> None:
    running = start(make(tables={"t": [{"n": 1}, {"n": 2}]}))
    assert running.query("insert into t values (3)") in ([], [{"Count": 1}])
    assert running.query("select sum(n) as s from t") == [{"s": 6}]


def test_the_next_test_finds_its_own_seed_and_nothing_else(make: Make, start: Start) -> None:
    seeds: list[dict[str, Any]] = [{"t": [{"n": 1}]}, {"t": [{"n": 1}]}, {"t": [{"n": 1}]}, {}]
    found = []
    for tables in seeds:
        running = start(make(tables=tables))
        found.append((running.tables(), [running.rows(table) for table in running.tables()]))
        running.query("create table left_over (n int)")
        if tables:
            running.query("insert into t values (9)")
    assert found == [(["t"], [[{"n": 1}]])] * 3 + [([], [])]


def test_two_connections_lead_to_two_databases(make: Make, start: Start) -> None:
    one, two = start(make(tables={"t": [{"n": 1}]}), "a/b?"), start(make(tables={"t": [{"n": 2}]}), "a/b?")
    assert one.rows("t") + two.rows("t") == [{"n": 1}, {"n": 2}]
    assert one.reached.connection != two.reached.connection


def test_documents_dates_and_bytes_of_the_test_arrive(make: Make, start: Start) -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    given = {"x": {"a": [1, "é"]}, "l": [1, 2], "d": date(2026, 1, 2), "at": moment, "b": b"\0\xff", "ok": True}
    row = start(make(tables={"t": [given]})).rows("t")[0]
    assert str(row["d"]) == "2026-01-02"
    assert datetime.fromisoformat(str(row["at"])) == moment
    assert (bytes(row["b"]), row["ok"]) == (b"\0\xff", True)
    assert str(row["x"]).replace("'", '"') in ('{"a": [1, "é"]}', '{"a": [1, "\\u00e9"]}')
    assert str(row["l"]) == "[1, 2]"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"schema": "bad.sql"}, r"bad\.sql:4: .* refuses the SQL: "),
        ({"schema": "broken.sql"}, r"broken\.sql:3: .* refuses the SQL: "),
        ({"schema": "create tabel t (n int)"}, r"^schema:1: .* refuses the SQL: "),
        ({"sql": "select * from nothing"}, r"^sql:1: .* refuses the SQL: "),
        ({"schema": "none.sql"}, r"^The file 'none.sql' for the option schema cannot be read: No such file"),
        (
            {"tables": {"t": "t.csv"}, "types": {"t": {"a": "int"}}},
            r"^t\.csv:3(: the column a is| does not fit into the table t: )",
        ),
        (
            {"tables": {"t": [{"a": "x"}]}, "types": {"t": {"a": "int"}}},
            r"^Row 1 of t(: the column a is| does not fit into the table t: )",
        ),
        ({"tables": {"t": "t.csv"}, "types": {"t": {"a": "int("}}}, r"refuses to make the table t: "),
        (
            {"schema": "create table u (a int unique)", "tables": {"u": "u.csv"}},
            r"^u\.csv:3 does not fit into the table u: ",
        ),
        (
            {"schema": "create table u (b int)", "tables": {"u": "u.csv"}},
            r"^The table u has no column 'a', which u.csv has$",
        ),
        (
            {"schema": "create table u (a int)", "tables": {"u": "u.csv"}, "types": {"u": {"a": "int"}}},
            r"^The table u is there already",
        ),
    ],
)
def test_what_a_database_refuses_is_one_error_with_its_place(
    make: Make, start: Start, write: Write, given: dict[str, Any], message: str
) -> None:
    write(
        {
            "bad.sql": "create table a (n int unique);\n-- a; b\n" + "insert into a values (1);\n" * 2,
            "broken.sql": "select 1;\n\nselect selec from nowhere where;\n",
            "t.csv": "a,b\n1,2\nabc,3\n",
            "u.csv": "a\n1\n1\n",
        }
    )
    with pytest.raises(UsageError, match=message):
        start(make(**given))


def test_a_table_that_is_not_there_is_named_with_those_that_are(make: Make, start: Start) -> None:
    running = start(make(tables={"t": [{"n": 1}]}))
    for read in (running.rows, running.columns):
        with pytest.raises(UsageError, match=r"^There is no table 'orders'$") as raised:
            read("orders")
        assert raised.value.hint == "There are: t."


def test_a_query_that_is_refused_is_shown(make: Make, start: Start) -> None:
    with pytest.raises(UsageError, match="refuses the query") as raised:
        start(make()).query("select selec")
    assert raised.value.hint == "It is: select selec"
