"""How a test writes a table down."""

from typing import Any

import msgspec


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table, when its rows alone do not say it all.

    Attributes:
        csv: A file of comma-separated values with a line of column names.
        json: A file that holds a list of objects, or one object a line.
        rows: The rows themselves.
        types: By column: its type, in the database's own words; of the others it is inferred.
        schema: The columns as in `create table (…)`: `id int primary key, at timestamptz`.
    """

    csv: str | None = None
    json: str | None = None
    rows: list[dict[str, Any]] | None = None
    types: dict[str, str] = msgspec.field(default_factory=dict)
    schema: str | None = None


TableGiven = str | list[dict[str, Any]] | Table
"""A path (`.csv`, `.json`, `.jsonl`), rows, or a `Table`."""

Tables = dict[str, TableGiven]
