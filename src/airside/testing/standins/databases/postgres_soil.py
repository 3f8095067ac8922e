"""A new Postgres database, as it is filled."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

import psycopg
from psycopg import sql

from airside.base.errors import UsageError
from airside.testing.standins.tables.kinds import Kind
from airside.testing.standins.tables.scripts import Script
from airside.testing.standins.tables.sheet import Rows, quoted

_TYPES: Final = {
    Kind.BOOLEAN: "boolean",
    Kind.INTEGER: "bigint",
    Kind.FLOAT: "double precision",
    Kind.DECIMAL: "numeric",
    Kind.DATE: "date",
    Kind.TIME: "time",
    Kind.TIMESTAMP: "timestamp",
    Kind.MOMENT: "timestamptz",
    Kind.UUID: "uuid",
    Kind.BYTES: "bytea",
    Kind.JSON: "jsonb",
    Kind.TEXT: "text",
}

_COLUMNS: Final = """
    select attname, format_type(atttypid, atttypmod) from pg_attribute
    where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped order by attnum"""


class PostgresSoil:
    """The database, as `sow` sees it; the connection is in autocommit."""

    type_names = _TYPES

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def run(self, script: Script) -> None:
        """As `Soil`."""
        try:
            with self._connection.transaction():
                self._connection.execute(script.text.encode())
        except psycopg.Error as error:
            place = self._place(script, error)
            raise UsageError(
                f"{place}: Postgres refuses the SQL: {said(error)}", hint=error.diag.message_hint
            ) from error

    def types_in(self, table: str) -> dict[str, str]:
        """As `Soil`."""
        return dict(self._connection.execute(_COLUMNS, (quoted(table),)).fetchall())

    def make(self, table: str, definition: str) -> None:
        """As `Soil`."""
        schema, dot, _ = table.partition(".")
        try:
            if dot:
                self._connection.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(schema)))
            self._connection.execute(f"create table {quoted(table)} ({definition})".encode())
        except psycopg.Error as error:
            raise UsageError(
                f"Postgres refuses to make the table {table}: {said(error)}", hint=f"As: {definition}"
            ) from error

    def fill(self, table: str, rows: Rows, types: Mapping[str, str]) -> None:
        """As `Soil`."""
        names = ", ".join(quoted(each.replace(".", "\0")).replace("\0", ".") for each in rows.columns)
        row: int | None = None
        try:
            with self._connection.cursor().copy(f"copy {quoted(table)} ({names}) from stdin".encode()) as copy:
                for row, cells in enumerate(rows.cells):  # noqa: B007 - which one it was is said below
                    copy.write_row([_text(cell, types[name]) for cell, name in zip(cells, rows.columns, strict=True)])
                row = None
        except psycopg.Error as error:
            place = _place_of_row(rows, error, row)
            raise UsageError(f"{place} does not fit into the table {table}: {said(error)}") from error

    def _place(self, script: Script, error: psycopg.Error) -> str:
        """Return the line that Postgres names; where it names none, that of the statement that fails alone as well."""
        if error.diag.statement_position:
            return script.place(int(error.diag.statement_position) - 1)
        try:
            with self._connection.transaction():
                for offset, statement in script.statements():
                    place = script.place(offset)
                    self._connection.execute(statement.encode())
        except psycopg.Error as again:
            if again.sqlstate == error.sqlstate:
                return place
        return script.source


def said(error: psycopg.Error) -> str:
    """Return what Postgres says, in one line."""
    diagnosis = error.diag
    if diagnosis.message_primary is None:
        return str(error).strip()
    return ": ".join(each for each in (diagnosis.message_primary, diagnosis.message_detail) if each)


def _place_of_row(rows: Rows, error: psycopg.Error, row: int | None) -> str:
    found = re.search(r"^COPY .*?, line (\d+)", error.diag.context or "", re.MULTILINE)
    if found is not None:
        return rows.places[int(found[1]) - 1]
    return rows.source if row is None else rows.places[row]


def _text(value: Any, type_: str) -> Any:
    """Return what psycopg writes so that the column reads it: it would write a list as an array everywhere."""
    is_document = isinstance(value, dict) or (isinstance(value, list | tuple) and not type_.endswith("]"))
    return json.dumps(value, default=str) if is_document else value
