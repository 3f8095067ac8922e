"""A table that a test gives, read: rows, where each comes from, and the types of the columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from airside.base.errors import UsageError
from airside.testing.standins.tables.kinds import Kind


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows with the places that they come from.

    Attributes:
        source: The file as the test names it, or `rows`.
        columns: In order.
        cells: Row by row, as many as there are columns. Of a CSV file texts, or None where nothing stands.
        places: Of each row: `orders.csv:3`, `orders.json, row 2`.
        kinds: By column.
    """

    source: str
    columns: tuple[str, ...]
    cells: Sequence[tuple[Any, ...]]
    places: Sequence[str]
    kinds: Mapping[str, Kind]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table to be made.

    Attributes:
        table: Its name; with a schema before a dot.
        rows: What goes into it.
        types: By column: the type that the test wants.
        schema: All of its columns in SQL, if the test says them.
    """

    table: str
    rows: Rows
    types: Mapping[str, str] = field(default_factory=dict)
    schema: str | None = None

    def typed(self, more: Mapping[str, str]) -> "Sheet":
        """Return it with more types.

        Raises:
            UsageError: A type is given for a column that is not there, or beside a `schema`.
        """
        types = {**self.types, **more}
        for column in types:
            if column not in self.rows.columns:
                raise UsageError(
                    f"The table {self.table} has no column {column!r}, whose type is given",
                    hint=f"{self.rows.source} has: {', '.join(self.rows.columns)}.",
                )
        if types and self.schema is not None:
            raise UsageError(f"The table {self.table} has both a schema and types: the schema says the types")
        return replace(self, types=types)

    def definition(self, names: Mapping[Kind, str]) -> str:
        """Return the columns as in `create table (…)`, with a database's names of the kinds."""
        if self.schema is not None:
            return self.schema
        kinds = self.rows.kinds
        return ", ".join(f"{quoted(each)} {self.types.get(each) or names[kinds[each]]}" for each in self.rows.columns)


def quoted(name: str) -> str:
    """Return an identifier as SQL writes it, each part of a dotted one quoted."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in name.split(".", 1))
