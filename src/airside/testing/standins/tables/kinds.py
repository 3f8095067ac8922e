"""What kind of value a column holds, inferred from its values as pandas and DuckDB do.

Where those would lose something it stays text: `0012` is no number, for its zeros would be gone.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any, Final
from uuid import UUID


class Kind(Enum):
    """A kind of value, which each database has a type for."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    FLOAT = "float"
    DECIMAL = "decimal"
    DATE = "date"
    TIME = "time"
    TIMESTAMP = "timestamp"
    MOMENT = "timestamp with time zone"
    UUID = "uuid"
    BYTES = "bytes"
    JSON = "json"
    TEXT = "text"


_DAY: Final = r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
_CLOCK: Final = r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?"
_DATES: Final = {
    Kind.DATE: re.compile(_DAY),
    Kind.TIMESTAMP: re.compile(f"{_DAY}[ T]{_CLOCK}"),
    Kind.MOMENT: re.compile(f"{_DAY}[ T]{_CLOCK}(?:Z|[+-]\\d\\d(?::?\\d\\d)?)"),
}
_TEXTS: Final = {
    Kind.BOOLEAN: re.compile("true|false", re.IGNORECASE),
    Kind.INTEGER: re.compile(r"[+-]?(?:0|[1-9]\d{0,18})"),
    Kind.DECIMAL: re.compile(r"[+-]?[1-9]\d{18,}"),
    Kind.FLOAT: re.compile(r"[+-]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"),
    **_DATES,
}
_WIDER: Final[Mapping[frozenset[Kind | None], Kind]] = {
    frozenset({Kind.INTEGER, Kind.FLOAT}): Kind.FLOAT,
    frozenset({Kind.INTEGER, Kind.DECIMAL}): Kind.DECIMAL,
    frozenset({Kind.FLOAT, Kind.DECIMAL}): Kind.FLOAT,
    frozenset({Kind.DATE, Kind.TIMESTAMP}): Kind.TIMESTAMP,
}
_OF_VALUES: Final[Mapping[type, Kind]] = {
    bool: Kind.BOOLEAN,
    float: Kind.FLOAT,
    Decimal: Kind.DECIMAL,
    date: Kind.DATE,
    time: Kind.TIME,
    UUID: Kind.UUID,
    bytes: Kind.BYTES,
    dict: Kind.JSON,
    list: Kind.JSON,
    tuple: Kind.JSON,
}
_LARGEST: Final = 2**63 - 1


def kind_of_texts(cells: Iterable[str | None]) -> Kind:
    """Return the kind of a column of a CSV file; None is NULL and says nothing."""
    return _widest(_kind_of_text(cell) for cell in cells if cell is not None)


def kind_of_values(values: Iterable[Any], *, are_dates_texts: bool = False) -> Kind:
    """Return the kind of a column of Python values.

    Args:
        values: None is NULL and says nothing.
        are_dates_texts: They come from JSON, which writes dates as texts.
    """
    return _widest(_kind_of_value(value, are_dates_texts) for value in values if value is not None)


def _kind_of_text(cell: str) -> Kind:
    found = next((kind for kind, pattern in _TEXTS.items() if pattern.fullmatch(cell)), Kind.TEXT)
    if found is Kind.INTEGER and abs(int(cell)) > _LARGEST:
        return Kind.DECIMAL
    return Kind.TEXT if found in _DATES and not _is_a_day(cell) else found


def _is_a_day(cell: str) -> bool:
    try:
        date.fromisoformat(cell[:10])
    except ValueError:  # the 30th of February
        return False
    return True


def _kind_of_value(value: Any, are_dates_texts: bool) -> Kind:  # noqa: FBT001 - what its caller was told
    if isinstance(value, str):
        kind = _kind_of_text(value) if are_dates_texts else Kind.TEXT
        return kind if kind in _DATES else Kind.TEXT
    if isinstance(value, datetime):
        return Kind.TIMESTAMP if value.tzinfo is None else Kind.MOMENT
    if isinstance(value, int) and not isinstance(value, bool):
        return Kind.INTEGER if -_LARGEST - 1 <= value <= _LARGEST else Kind.DECIMAL
    return next((kind for type_, kind in _OF_VALUES.items() if isinstance(value, type_)), Kind.TEXT)


def _widest(kinds: Iterable[Kind]) -> Kind:
    widest: Kind | None = None
    for kind in kinds:
        widest = kind if widest in {None, kind} else _WIDER.get(frozenset({widest, kind}), Kind.TEXT)
        if widest is Kind.TEXT:
            break
    return widest or Kind.TEXT
