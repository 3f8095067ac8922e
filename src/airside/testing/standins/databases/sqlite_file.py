"""A SQLite file of a test."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from airside.base.errors import UsageError
from airside.testing.standins.databases.sowing import found_table, sow
from airside.testing.standins.databases.sqlite_values import stored
from airside.testing.standins.tables.kinds import Kind
from airside.testing.standins.tables.scripts import Script
from airside.testing.standins.tables.seed import Seed
from airside.testing.standins.tables.sheet import Rows, quoted

_TYPES: Final = {
    Kind.BOOLEAN: "boolean",
    Kind.INTEGER: "integer",
    Kind.FLOAT: "real",
    Kind.DECIMAL: "numeric",
    Kind.DATE: "date",
    Kind.TIME: "text",
    Kind.TIMESTAMP: "timestamp",
    Kind.MOMENT: "timestamp",
    Kind.UUID: "text",
    Kind.BYTES: "blob",
    Kind.JSON: "json",
    Kind.TEXT: "text",
}


class SqliteFile:
    """A file, which each reading opens anew: the workflow writes to it in other processes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def fill(self, seed: Seed) -> None:
        """Make the file with all that a test gives.

        Raises:
            UsageError: SQLite refuses something.
        """
        with self._open() as connection:
            connection.execute("pragma synchronous = off")
            sow(_Soil(connection), seed)

    def tables(self) -> list[str]:
        """As `HasTables`."""
        found = self.query(
            "select name from sqlite_master where type in ('table', 'view') and name not like 'sqlite_%' order by name"
        )
        return [row["name"] for row in found]

    def columns(self, table: str) -> dict[str, str]:
        """As `HasTables`."""
        with self._open() as connection:
            return _types(connection, found_table(table, self.tables()))

    def rows(self, table: str) -> list[dict[str, Any]]:
        """As `HasTables`."""
        return self.query(f"select * from {quoted_whole(found_table(table, self.tables()))}")  # noqa: S608 - quoted

    def query(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
        """As `HasTables`."""
        with self._open() as connection:
            try:
                cursor = connection.execute(sql, parameters)
                names = [column[0] for column in cursor.description or ()]
                return [dict(zip(names, row, strict=True)) for row in cursor]
            except sqlite3.Error as error:
                raise UsageError(f"SQLite refuses the query: {error}", hint=f"It is: {sql}") from error

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, isolation_level=None)) as connection:
            yield connection


class _Soil:
    """The new file, as `sow` sees it."""

    type_names = _TYPES

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def run(self, script: Script) -> None:
        for offset, statement in _statements(script):
            try:
                self._connection.execute(statement)
            except sqlite3.Error as error:
                raise UsageError(f"{script.place(offset)}: SQLite refuses the SQL: {error}") from error

    def types_in(self, table: str) -> dict[str, str]:
        return _types(self._connection, table)

    def make(self, table: str, definition: str) -> None:
        try:
            self._connection.execute(f"create table {quoted_whole(table)} ({definition})")
        except sqlite3.Error as error:
            raise UsageError(f"SQLite refuses to make the table {table}: {error}", hint=f"As: {definition}") from error

    def fill(self, table: str, rows: Rows, types: Mapping[str, str]) -> None:
        names = ", ".join(quoted_whole(each) for each in rows.columns)
        marks = ", ".join("?" for _ in rows.columns)
        insert = f"insert into {quoted_whole(table)} ({names}) values ({marks})"  # noqa: S608 - quoted
        self._connection.execute("begin")
        for place, cells in zip(rows.places, rows.cells, strict=True):
            values = [_stored(place, name, cell, types[name]) for name, cell in zip(rows.columns, cells, strict=True)]
            try:
                self._connection.execute(insert, values)
            except (sqlite3.Error, OverflowError) as error:
                raise UsageError(f"{place} does not fit into the table {table}: {error}") from error
        self._connection.execute("commit")


def quoted_whole(name: str) -> str:
    """Return an identifier as SQL writes it; SQLite knows no schemas, a dot is a letter."""
    return quoted(name.replace(".", "\0")).replace("\0", ".")


def _stored(place: str, column: str, cell: Any, declared: str) -> Any:
    try:
        return stored(cell, declared)
    except ValueError as error:
        raise UsageError(f"{place}: the column {column} is {declared} and cannot hold {cell!r}") from error


def _types(connection: sqlite3.Connection, table: str) -> dict[str, str]:
    found = connection.execute("select name, type from pragma_table_info(?)", (table,))
    return {str(name): str(declared) for name, declared in found}


def _statements(script: Script) -> Iterator[tuple[int, str]]:
    """Yield the statements with their offsets; SQLite itself says where one ends, also in the body of a trigger."""
    begun, text = 0, ""
    for offset, part in script.statements():
        begun, text = (begun, f"{text}\n{part}") if text else (offset, part)
        if sqlite3.complete_statement(text):
            yield begun, text
            text = ""
    if text:
        yield begun, text
