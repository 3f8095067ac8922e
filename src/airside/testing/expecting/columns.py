"""The types of columns, as few words as people use for them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final, Literal
from uuid import UUID

from airside.base.suggestions import suggestion
from airside.testing.expecting.equality import Cell
from airside.testing.expecting.mismatch import NOTHING, Mismatch, Words, below
from airside.testing.expecting.rows import Row, columns_of

ColumnType = Literal[
    "integer", "number", "text", "boolean", "date", "time", "timestamp", "json", "bytes", "uuid", "any"
]

_FAMILIES: Final[tuple[tuple[ColumnType, str], ...]] = (
    ("json", r"jsonb?|struct|map|list|array"),
    ("timestamp", r"timestamp\w*|datetime\w*"),
    ("integer", r"u?(tiny|small|medium|big|huge)?int(eger)?\d*|(big|small)?serial\d?"),
    ("number", r"numeric|decimal|number|real|double|float\d*|money"),
    ("boolean", r"bool(ean)?"),
    ("date", r"date"),
    ("time", r"time(tz)?"),
    ("uuid", r"uuid"),
    ("bytes", r"bytea|blob|binary|varbinary|bytes"),
    ("text", r"text|(bp)?char|n?varchar2?|character|string|clob|name|citext|enum"),
)
"""The first words of what databases call their types."""

_MIXED: Final = " or "
_PYTHON: Final[tuple[tuple[type, ColumnType], ...]] = (
    (bool, "boolean"),
    (int, "integer"),
    (float, "number"),
    (Decimal, "number"),
    (datetime, "timestamp"),
    (date, "date"),
    (time, "time"),
    (UUID, "uuid"),
    (bytes, "bytes"),
    (dict, "json"),
    (list, "json"),
    (str, "text"),
)


def type_faults(expected: Mapping[str, ColumnType], came: Mapping[str, str], path: str) -> Iterator[Mismatch]:
    """Yield a mismatch for each column that is not there, or has another type.

    Args:
        expected: The type of each column.
        came: For each column of the table what its type is called there.
        path: That of `expected`.
    """
    for column, kind in expected.items():
        if column not in came:
            near = suggestion(column, came)
            found = Words(f"columns {', '.join(came)}{near}") if came else NOTHING
            yield Mismatch(below(path, column), Words(kind), found)
        elif not _is_of(kind, family(came[column])):
            yield Mismatch(below(path, column), Words(kind), Words(_named(came[column])))


def _is_of(kind: ColumnType, came: str) -> bool:
    # A column of NULLs in a file is of any type.
    return kind == came or "any" in (kind, came) or (kind == "number" and came == "integer")


def family(name: str) -> str:
    """Return the word for a type that a database calls `name`; `name` itself where there is none."""
    lowered = name.lower()
    if lowered.endswith("[]"):
        return "json"
    if _MIXED in lowered:
        return lowered
    return next((kind for kind, words in _FAMILIES if re.match(rf"(?:{words})\b", lowered)), lowered)


def types_of(rows: Sequence[Row]) -> dict[str, str]:
    """Return the types of the columns by the values that are in them, of files and of databases without types."""
    return {column: _type_of([row.get(column) for row in rows]) for column in columns_of(rows)}


def _type_of(values: Sequence[Any]) -> str:
    found = {_word(value) for value in values if value is not None}
    if found == {"integer", "number"}:
        return "number"
    return found.pop() if len(found) == 1 else "any" if not found else _MIXED.join(sorted(found))


def _word(value: Any) -> str:
    spelled = value.value() if isinstance(value, Cell) else value
    return next((word for kind, word in _PYTHON if isinstance(spelled, kind)), type(value).__name__)


def _named(name: str) -> str:
    word = family(name)
    return word if word == name.lower() else f"{word} ({name})"
