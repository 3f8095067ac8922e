"""Whether what came is what was expected: of two values that have no others in them."""

import math
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from airside.config.scalars import scalar

_CLOSE: Final = 1e-9
"""How far two equal numbers may be apart, as a part of the larger: a sum of floats depends on their order."""


class Cell(str):
    """A value of a CSV file: a text that may spell a number, a boolean, a date, or be empty for NULL."""

    __slots__ = ()

    def value(self) -> Any:
        """Return what it spells, as a config would read it; the text where it spells nothing else."""
        try:
            return scalar(self) if self else None
        except ValueError:
            return str(self)


def equal(expected: Any, came: Any) -> bool:
    """Whether two values are the same, as `docs/formats/functional-tests.md` means it."""
    if isinstance(expected, Cell):
        return _cell(expected, came)
    if isinstance(came, Cell):
        return _cell(came, expected)
    if any(value is None or isinstance(value, bool) for value in (expected, came)):
        return expected is came
    if isinstance(expected, (int, float, Decimal)) and isinstance(came, (int, float, Decimal)):
        return _near(expected, came)
    if isinstance(expected, str) and not isinstance(came, str):
        return _spells(expected, came)
    return type(expected) is type(came) and bool(expected == came)


def _near(expected: float | Decimal, came: float | Decimal) -> bool:
    if isinstance(expected, int) and isinstance(came, int):
        return expected == came  # ids may be longer than a float is exact
    try:
        return math.isclose(expected, came, rel_tol=_CLOSE) or (math.isnan(expected) and math.isnan(came))
    except (OverflowError, ValueError):  # an integer beyond floats; a signalling NaN of a database
        return False


def _cell(cell: Cell, other: Any) -> bool:
    if not cell:
        return other is None or other == ""
    if isinstance(other, str):
        return str(cell) == str(other) or (isinstance(other, Cell) and _are_numbers(cell.value(), other.value()))
    if isinstance(other, bool):
        return cell.lower() in (("true", "t", "1") if other else ("false", "f", "0"))
    return _spells(cell, other) or (isinstance(other, (int, float)) and _are_numbers(cell.value(), other))


def _are_numbers(one: Any, other: Any) -> bool:
    return isinstance(one, (int, float)) and isinstance(other, (int, float)) and equal(one, other)


def _spells(text: str, came: Any) -> bool:
    """Whether `text` is how `came`, which YAML has no word for, is written."""
    if isinstance(came, datetime):
        return _moment(text, came)
    if isinstance(came, (date, time)):
        return text == came.isoformat() or text == str(came)
    if isinstance(came, Decimal):
        return equal(Cell(text).value(), came)
    if isinstance(came, (UUID, timedelta)):
        return text.lower() == str(came).lower()
    if isinstance(came, (bytes, bytearray, memoryview)):
        return text.encode() == bytes(came)
    # A path, an enum, what a library has: as it prints itself. Numbers and lists never are texts.
    return not isinstance(came, (bool, int, float, list, dict, type(None))) and text == str(came)


def _moment(text: str, came: datetime) -> bool:
    try:
        expected = datetime.fromisoformat(text)
    except ValueError:
        return False
    if expected.tzinfo is None and came.tzinfo is None:
        return expected == came
    return _aware(expected) == _aware(came)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
