"""Comparing rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from airside.base.suggestions import suggestion
from airside.testing.expecting.comparing import is_same
from airside.testing.expecting.mismatch import NOTHING, Mismatch, Words
from airside.testing.expecting.plain import plain
from airside.testing.expecting.side_by_side import cell, table

Row = Mapping[str, Any]

_MOST: Final = 20
"""Lines of a table in a message."""

_COMPARED: Final = 4_000_000
"""Pairs of rows that are compared one by one; of two tables without a common row, 2,000 rows each."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """A row that was expected and one that came instead; either may be missing."""

    expected: Row | None
    came: Row | None


def columns_of(rows: Sequence[Row]) -> list[str]:
    """Return the columns that any of `rows` names, in the order in which they come."""
    return list(dict.fromkeys(column for row in rows for column in row))


def all_rows(expected: Sequence[Row], came: Sequence[Row], path: str, *, in_order: bool) -> Iterator[Mismatch]:
    """Yield a mismatch when `came` is not exactly `expected`, in the columns that these name."""
    columns = columns_of(expected)
    if missing := list(_missing_columns(columns, came, path)):
        yield from missing
        return
    if in_order:
        pairs = [pair for pair in _in_order(expected, came) if not _alike(pair.expected, pair.came)]
    else:
        missing_rows, extra = _unmatched(expected, came)
        pairs = _nearest(missing_rows, extra)
    if pairs:
        yield _told(pairs, len(expected), len(came), columns or columns_of(came), path)


def some_rows(expected: Sequence[Row], came: Sequence[Row], path: str) -> Iterator[Mismatch]:
    """Yield a mismatch when a row of `expected` is not among `came`."""
    columns = columns_of(expected)
    if missing := list(_missing_columns(columns, came, path)):
        yield from missing
        return
    missing_rows, extra = _unmatched(expected, came)
    if missing_rows:
        pairs = [pair for pair in _nearest(missing_rows, extra) if pair.expected is not None]
        yield _told(pairs, len(expected), len(came), columns, path)


def _missing_columns(columns: Sequence[str], came: Sequence[Row], path: str) -> Iterator[Mismatch]:
    there = set(columns_of(came))
    for column in columns if came else ():
        if column not in there:
            found = ", ".join(columns_of(came))
            yield Mismatch(path, Words(f"a column {column}"), Words(f"columns {found}{suggestion(column, there)}"))


def _in_order(expected: Sequence[Row], came: Sequence[Row]) -> Iterator[_Pair]:
    for index in range(max(len(expected), len(came))):
        yield _Pair(expected[index] if index < len(expected) else None, came[index] if index < len(came) else None)


def _alike(expected: Row | None, came: Row | None) -> bool:
    if expected is None or came is None:
        return False
    return all(is_same(value, came.get(column, NOTHING)) for column, value in expected.items())


def _unmatched(expected: Sequence[Row], came: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Return the rows that did not come, and those that nobody expected."""
    left, missing = _without_twins(expected, came)
    if len(left) * len(missing) > _COMPARED:
        return missing, left
    unseen = []
    for row in missing:
        index = next((index for index, other in enumerate(left) if _alike(row, other)), None)
        if index is None:
            unseen.append(row)
        else:
            del left[index]
    return unseen, left


def _without_twins(expected: Sequence[Row], came: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Take out of both what is spelled alike: nearly all, and fast. The rest is compared value by value."""
    columns = columns_of(expected)
    by_spelling: dict[str, list[Row]] = {}
    for row in came:
        by_spelling.setdefault(_spelling(row, columns), []).append(row)
    missing = []
    for row in expected:
        twins = by_spelling.get(_spelling(row, columns))
        if twins:
            twins.pop(0)
        else:
            missing.append(row)
    left = {id(row) for rows in by_spelling.values() for row in rows}
    return [row for row in came if id(row) in left], missing


def _spelling(row: Row, columns: Sequence[str]) -> str:
    return repr([plain(row.get(column, NOTHING)) for column in columns])


def _nearest(missing: Sequence[Row], extra: Sequence[Row]) -> list[_Pair]:
    """Put each missing row beside the one that came and has the most of its values."""
    left = list(extra)
    pairs = []
    for row in missing:
        best = max(left[:_MOST], key=lambda other: _agreeing(row, other), default=None)
        if best is None or not _agreeing(row, best):
            pairs.append(_Pair(row, None))
        else:
            left.remove(best)
            pairs.append(_Pair(row, best))
    return [*pairs, *(_Pair(None, row) for row in left)]


def _agreeing(expected: Row, came: Row) -> int:
    return sum(is_same(value, came.get(column, NOTHING)) for column, value in expected.items())


def _told(pairs: Sequence[_Pair], expected: int, came: int, columns: Sequence[str], path: str) -> Mismatch:
    lines = [[_mark(pair), *(_cell(pair, column) for column in columns)] for pair in pairs[:_MOST]]
    more = [f"… and {len(pairs) - _MOST} more"] if len(pairs) > _MOST else []
    shown = (*table(["", *columns], lines), *more)
    return Mismatch(path, Words(_count(expected)), Words(f"{_count(came)}, of which {_verdict(pairs)}"), shown)


def _verdict(pairs: Sequence[_Pair]) -> str:
    marks = [_mark(pair) for pair in pairs]
    counts = {mark: marks.count(mark) for mark in ("differs", "missing", "extra")}
    words = {"differs": "differ from what was expected", "missing": "are missing", "extra": "were not expected"}
    return ", ".join(f"{count} {words[mark]}" for mark, count in counts.items() if count)


def _mark(pair: _Pair) -> str:
    if pair.came is None:
        return "missing"
    return "extra" if pair.expected is None else "differs"


def _cell(pair: _Pair, column: str) -> str:
    if pair.expected is None or pair.came is None:
        row = pair.expected if pair.came is None else pair.came
        return cell(plain((row or {}).get(column)))
    expected, came = pair.expected.get(column), plain(pair.came.get(column))
    return cell(came) if is_same(expected, came) else f"{cell(expected)} ≠ {cell(came)}"


def _count(rows: int) -> str:
    return "1 row" if rows == 1 else f"{rows} rows"
