"""Checks of rows in a line: `missing_count(id) = 0`, `row_count between 1 and 10`."""

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from airside.base.suggestions import suggestion
from airside.testing.expecting.equality import Cell, equal
from airside.testing.expecting.mismatch import Mismatch, Words
from airside.testing.expecting.plain import plain
from airside.testing.expecting.rows import Row, columns_of
from airside.testing.expecting.side_by_side import shown

RULE: Final = "a check is, for example, `row_count = 1`, `missing_count(id) = 0` or `min(amount) between 0 and 9.5`"

_VALUE: Final = r"'[^']*'|\"[^\"]*\"|[^\s'\"]+"
_CHECK: Final = re.compile(
    r"\s*(?P<measure>\w+)\s*(?:\(\s*(?P<columns>[^()]*?)\s*\))?\s*"
    rf"(?:(?P<sign>=|!=|<=|<|>=|>)\s*(?P<value>{_VALUE})"
    rf"|(?P<between>(?:not\s+)?between)\s+(?P<low>{_VALUE})\s+and\s+(?P<high>{_VALUE}))\s*",
    re.IGNORECASE,
)

_NUMBER: Final = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,3})?", re.ASCII)

Limit = Decimal | str | date | datetime


def _missing(values: Sequence[Any]) -> int:
    return sum(value is None for value in values)


def _percent(values: Sequence[Any]) -> float:
    return 100 * _missing(values) / len(values) if values else 0.0


def _distinct(values: Sequence[Any]) -> int:
    return len({repr(plain(value)) for value in values if value is not None})


def _of_present(measure: Callable[[list[Any]], Any]) -> Callable[[Sequence[Any]], Any]:
    def measured(values: Sequence[Any]) -> Any:
        present = [value for value in values if value is not None]
        return measure(present) if present else None

    return measured


_MEASURES: Final[Mapping[str, Callable[[Sequence[Any]], Any]]] = {
    "missing_count": _missing,
    "missing_percent": _percent,
    "distinct_count": _distinct,
    "min": _of_present(min),
    "max": _of_present(max),
    "sum": _of_present(lambda values: sum(map(_number, values))),
    "avg": _of_present(lambda values: sum(map(_number, values)) / len(values)),
    "min_length": _of_present(lambda values: min(map(len, values))),
    "max_length": _of_present(lambda values: max(map(len, values))),
}
_ORDERS: Final = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_NAMES: Final = ("row_count", "duplicate_count", *_MEASURES)


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    Attributes:
        text: As it was written.
        measure: What is measured.
        columns: Of which columns; none for `row_count`.
        sign: `=`, `!=`, `<`, `<=`, `>`, `>=`, `between` or `not between`.
        limits: What it is compared with: one, or for `between` two.
    """

    text: str
    measure: str
    columns: tuple[str, ...]
    sign: str
    limits: tuple[Limit, ...]

    def failures(self, rows: Sequence[Row], path: str) -> Iterator[Mismatch]:
        """Yield a mismatch when `rows` do not hold it; `path` is that of the list of checks."""
        there = columns_of(rows)
        for column in self.columns if rows else ():
            if column not in there:
                found = ", ".join(there)
                words = Words(f"columns {found}{suggestion(column, there)}")
                yield Mismatch(path, Words(self.text), words)
                return
        try:
            measured = self._measured(rows)
            holds = measured is not None and self._holds(measured)
        except TypeError as error:
            yield Mismatch(path, Words(self.text), Words(f"values that cannot be measured so: {error}"))
            return
        if not holds:
            found = "no values" if measured is None else shown(_short(measured))
            yield Mismatch(path, Words(self.text), Words(found))

    def _measured(self, rows: Sequence[Row]) -> Any:
        if self.measure == "row_count":
            return len(rows)
        if self.measure == "duplicate_count":
            return _duplicates([[plain(row.get(column)) for column in self.columns] for row in rows])
        return _MEASURES[self.measure]([_value(row.get(self.columns[0])) for row in rows])

    def _holds(self, measured: Any) -> bool:
        if self.sign in ("=", "!="):
            return _equals(measured, self.limits[0]) is (self.sign == "=")
        value, *limits = _comparable(measured, self.limits)
        if "between" in self.sign:
            return bool(limits[0] <= value <= limits[1]) is (self.sign == "between")
        return bool(_ORDERS[self.sign](value, limits[0]))


def parse_check(text: str) -> Check:
    """Return what `text` says.

    Raises:
        ValueError: It is no check; says why.
    """
    match = _CHECK.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not understood; {RULE}")
    measure = match["measure"].lower()
    if measure not in _NAMES:
        near = suggestion(measure, _NAMES)
        raise ValueError(f"there is no measure {measure!r}{near} (known: {', '.join(_NAMES)})")
    columns = tuple(part.strip() for part in match["columns"].split(",")) if match["columns"] else ()
    _require_columns(measure, columns)
    words = [match["value"]] if match["sign"] else [match["low"], match["high"]]
    sign = match["sign"] or " ".join(match["between"].lower().split())
    return Check(text, measure, columns, sign, tuple(map(_limit, words)))


def _require_columns(measure: str, columns: tuple[str, ...]) -> None:
    if measure == "row_count" and columns:
        raise ValueError("row_count is of no column")
    if measure != "row_count" and not (columns and all(columns)):
        raise ValueError(f"{measure} needs a column: {measure}(id)")
    if len(columns) > 1 and measure != "duplicate_count":
        raise ValueError(f"{measure} is of one column")


def _limit(word: str) -> Limit:
    if word[0] in "'\"":
        return word[1:-1]
    if _NUMBER.fullmatch(word):
        return Decimal(word)
    try:
        return date.fromisoformat(word) if len(word) == len("2026-01-02") else datetime.fromisoformat(word)
    except ValueError:
        raise ValueError(f"{word} is no number and no date; a text is in quotes: '{word}'") from None


def _equals(measured: Any, limit: Limit) -> bool:
    return equal(limit.isoformat() if isinstance(limit, date) else limit, measured)


def _comparable(measured: Any, limits: tuple[Limit, ...]) -> list[Any]:
    """Return both as values that Python orders."""
    if isinstance(measured, (int, float)) and all(isinstance(limit, Decimal) for limit in limits):
        return [Decimal(str(measured)), *limits]
    if isinstance(measured, str):
        return [measured, *(limit.isoformat() if isinstance(limit, date) else str(limit) for limit in limits)]
    if isinstance(measured, datetime):
        return [_naive(measured), *map(_moment, limits)]
    return [measured, *limits]


def _moment(limit: Limit) -> Any:
    if isinstance(limit, datetime):
        return _naive(limit)
    return datetime(limit.year, limit.month, limit.day) if isinstance(limit, date) else limit  # noqa: DTZ001 - as below


def _naive(moment: datetime) -> datetime:
    """Return a time without an offset, in UTC: databases have both kinds."""
    offset = moment.utcoffset()
    return moment.replace(tzinfo=None) - offset if offset is not None else moment


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise TypeError(f"{value!r} is no number")
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _value(value: Any) -> Any:
    return value.value() if isinstance(value, Cell) else value


def _duplicates(rows: Sequence[list[Any]]) -> int:
    whole = [repr(row) for row in rows if None not in row]
    return len(whole) - len(set(whole))


def _short(measured: Any) -> Any:
    return float(measured) if isinstance(measured, Decimal) else measured
