"""A DuckDB file of a test.

DuckDB lets one process at a time open a file for writing: nothing stays open here between two readings.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

import duckdb

from airside.base.errors import PlatformError, UsageError
from airside.testing.standins.databases.sowing import found_table, sow
from airside.testing.standins.port import Reached
from airside.testing.standins.tables.kinds import Kind
from airside.testing.standins.tables.scripts import Script
from airside.testing.standins.tables.seed import Seed
from airside.testing.standins.tables.sheet import Rows, quoted

_TYPES: Final = {
    Kind.BOOLEAN: "boolean",
    Kind.INTEGER: "bigint",
    Kind.FLOAT: "double",
    Kind.DECIMAL: "decimal(38, 9)",
    Kind.DATE: "date",
    Kind.TIME: "time",
    Kind.TIMESTAMP: "timestamp",
    Kind.MOMENT: "timestamptz",
    Kind.UUID: "uuid",
    Kind.BYTES: "blob",
    Kind.JSON: "json",
    Kind.TEXT: "varchar",
}

# Not `information_schema`, whose views take 20 ms to plan.
_NAMES: Final = """
    with everything as (
        select schema_name, table_name as name, database_name, internal from duckdb_tables()
        union all select schema_name, view_name, database_name, internal from duckdb_views())
    select case schema_name when 'main' then '' else schema_name || '.' end || name as name
    from everything where database_name = current_database() and not internal order by 1"""

_COLUMNS: Final = """
    select column_name, data_type from duckdb_columns()
    where database_name = current_database() and schema_name = ? and table_name = ? order by column_index"""


_SEEDS: Final = 32


class DuckdbSeeds:
    """Files that tests start with, the last ones: to write one takes a hundredth of making it."""

    def __init__(self) -> None:
        self._contents: dict[str, bytes] = {}

    @classmethod
    def start(cls) -> Self:
        """Begin with none."""
        return cls()

    def close(self) -> None:
        """Forget them."""
        self._contents.clear()

    def plant(self, seed: Seed, path: Path) -> None:
        """Make the file `path` with all that a test gives.

        Raises:
            UsageError: DuckDB refuses something.
        """
        content = self._contents.get(seed.key)
        if content is not None:
            path.write_bytes(content)
            return
        with _opened(path) as connection:
            sow(_Soil(connection), seed)
        self._contents[seed.key] = path.read_bytes()
        if len(self._contents) > _SEEDS:
            del self._contents[next(iter(self._contents))]


class RunningDuckdb:
    """A DuckDB file of one test."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.reached = Reached({"conn_type": "duckdb", "host": str(path)})

    def close(self) -> None:
        """Leave the file: it goes with the folder of the run."""

    def tables(self) -> list[str]:
        """As `HasTables`."""
        with _opened(self._path) as connection:
            return _names(connection)

    def columns(self, table: str) -> dict[str, str]:
        """As `HasTables`."""
        with _opened(self._path) as connection:
            return _Soil(connection).types_in(found_table(table, _names(connection)))

    def rows(self, table: str) -> list[dict[str, Any]]:
        """As `HasTables`."""
        with _opened(self._path) as connection:
            return _asked(connection, f"select * from {quoted(found_table(table, _names(connection)))}")  # noqa: S608

    def query(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
        """As `HasTables`."""
        with _opened(self._path) as connection:
            return _asked(connection, sql, parameters)


class _Soil:
    """The new file, as `sow` sees it."""

    type_names = _TYPES

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def run(self, script: Script) -> None:
        offset = 0
        try:
            for statement in self._connection.extract_statements(script.text):
                offset = max(script.text.find(statement.query.strip(), offset), offset)
                self._connection.execute(statement)
                offset += len(statement.query.strip())
        except duckdb.ParserException as error:
            line = re.search(r"^LINE (\d+):", str(error), re.MULTILINE)
            place = f"{script.source}:{line[1]}" if line else script.source
            raise UsageError(f"{place}: DuckDB refuses the SQL: {_said(error)}") from error
        except duckdb.Error as error:
            raise UsageError(f"{script.place(offset)}: DuckDB refuses the SQL: {_said(error)}") from error

    def types_in(self, table: str) -> dict[str, str]:
        schema, dot, name = table.partition(".")
        return dict(self._connection.execute(_COLUMNS, [schema, name] if dot else ["main", table]).fetchall())

    def make(self, table: str, definition: str) -> None:
        schema, dot, _ = table.partition(".")
        try:
            if dot:
                self._connection.execute(f"create schema if not exists {quoted(schema)}")
            self._connection.execute(f"create table {quoted(table)} ({definition})")
        except duckdb.Error as error:
            raise UsageError(
                f"DuckDB refuses to make the table {table}: {_said(error)}", hint=f"As: {definition}"
            ) from error

    def fill(self, table: str, rows: Rows, types: Mapping[str, str]) -> None:
        names = ", ".join(quoted(each) for each in rows.columns)
        marks = ", ".join("?" for _ in rows.columns)
        insert = f"insert into {quoted(table)} ({names}) values ({marks})"  # noqa: S608 - quoted
        self._connection.begin()
        for place, cells in zip(rows.places, rows.cells, strict=True):
            values = [_stored(cell, types[name]) for cell, name in zip(cells, rows.columns, strict=True)]
            try:
                self._connection.execute(insert, values)
            except duckdb.Error as error:
                raise UsageError(f"{place} does not fit into the table {table}: {_said(error)}") from error
        self._connection.commit()


@contextmanager
def _opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    try:
        connection = duckdb.connect(str(path), config={"threads": 1})
    except duckdb.Error as error:
        raise PlatformError(
            f"The DuckDB file of the test cannot be opened: {_said(error)}",
            hint="A process that the workflow started may still have it open.",
        ) from error
    with connection:
        yield connection


def _names(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return [row["name"] for row in _asked(connection, _NAMES)]


def _asked(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()
) -> list[dict[str, Any]]:
    try:
        result = connection.execute(sql, parameters or None)
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, map(_plain, row), strict=True)) for row in result.fetchall()]
    except duckdb.Error as error:
        raise UsageError(f"DuckDB refuses the query: {_said(error)}", hint=f"It is: {sql}") from error


def _plain(value: Any) -> Any:
    """Return moments in UTC of the standard library; DuckDB gives them in that of `pytz`."""
    return value.astimezone(UTC) if isinstance(value, datetime) and value.tzinfo is not None else value


def _stored(value: Any, type_: str) -> Any:
    return json.dumps(value, default=str) if type_ == "JSON" and value is not None else value


def _said(error: duckdb.Error) -> str:
    """Return what DuckDB says: the first paragraph, without the picture of the line."""
    return str(error).split("\n\n", 1)[0].replace("\n", " ").strip()
