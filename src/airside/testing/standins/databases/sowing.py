"""Filling a new database with what a test gives, the same way for each kind of database."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Protocol

from airside.base.errors import UsageError
from airside.testing.standins.tables.kinds import Kind
from airside.testing.standins.tables.scripts import Script
from airside.testing.standins.tables.seed import Seed
from airside.testing.standins.tables.sheet import Rows, Sheet


class Soil(Protocol):
    """A new database."""

    @property
    def type_names(self) -> Mapping[Kind, str]:
        """Its type for each kind of value."""

    def run(self, script: Script) -> None:
        """Run SQL.

        Raises:
            UsageError: It is refused; the message has the place.
        """

    def types_in(self, table: str) -> dict[str, str]:
        """Return the types of a table's columns; none when it is not there."""

    def make(self, table: str, definition: str) -> None:
        """Make a table, and the schema before the dot of its name.

        Raises:
            UsageError: The database refuses it.
        """

    def fill(self, table: str, rows: Rows, types: Mapping[str, str]) -> None:
        """Insert rows into columns that are there, all or none.

        Raises:
            UsageError: A value does not fit; the message has the place.
        """


def sow(soil: Soil, seed: Seed) -> None:
    """Fill a new database.

    Raises:
        UsageError: The database refuses something; the message has the place that it comes from.
    """
    if seed.schema:
        soil.run(seed.schema)
    for sheet in seed.sheets:
        _sow_sheet(soil, sheet)
    if seed.sql:
        soil.run(seed.sql)


def _sow_sheet(soil: Soil, sheet: Sheet) -> None:
    types = soil.types_in(sheet.table)
    if not types:
        soil.make(sheet.table, sheet.definition(soil.type_names))
        types = soil.types_in(sheet.table)
    elif sheet.types or sheet.schema is not None:
        raise UsageError(
            f"The table {sheet.table} is there already, made by the SQL of the option schema",
            hint="Say its types there.",
        )
    if sheet.rows.cells:
        rows = replace(sheet.rows, columns=tuple(_named(each, types, sheet) for each in sheet.rows.columns))
        soil.fill(sheet.table, rows, types)


def _named(column: str, types: Iterable[str], sheet: Sheet) -> str:
    """Return the column's name as the table has it: SQL does not tell capitals."""
    if column in types:
        return column
    found = [each for each in types if each.casefold() == column.casefold()]
    if len(found) != 1:
        raise UsageError(
            f"The table {sheet.table} has no column {column!r}, which {sheet.rows.source} has",
            hint=f"It has: {', '.join(types)}.",
        )
    return found[0]


def found_table(wanted: str, existing: Iterable[str]) -> str:
    """Return the name of a table as the database has it.

    Raises:
        UsageError: There is none, not even with other capitals.
    """
    names = list(existing)
    if wanted in names:
        return wanted
    alike = [each for each in names if each.casefold() == wanted.casefold()]
    if len(alike) != 1:
        there = f"There are: {', '.join(names)}." if names else "There is no table."
        raise UsageError(f"There is no table {wanted!r}", hint=there)
    return alike[0]
