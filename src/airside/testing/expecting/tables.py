"""Comparing rows with all that is expected of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from airside.testing.expecting.columns import type_faults, types_of
from airside.testing.expecting.contents import TableExpected
from airside.testing.expecting.mismatch import Mismatch, below
from airside.testing.expecting.row_source import read_rows
from airside.testing.expecting.rows import Row, all_rows, some_rows


@dataclass(frozen=True, slots=True)
class Content:
    """Rows that came.

    Attributes:
        rows: All.
        types: For each column what its type is called where they are from; None: by the values.
    """

    rows: Sequence[Row]
    types: Mapping[str, str] | None = None


def row_faults(expected: TableExpected, came: Content, path: str, folder: Path) -> Iterator[Mismatch]:
    """Yield how rows differ from what is expected of them, their number aside.

    Args:
        expected: What is expected.
        came: What came.
        path: Where in the case it says so.
        folder: What the path of a file of expected rows is relative to.

    Raises:
        UsageError: There is no such file.
    """
    if expected.rows is not None:
        rows = read_rows(expected.rows, folder)
        yield from all_rows(rows, came.rows, below(path, "rows"), in_order=expected.in_order)
    if expected.has_rows is not None:
        yield from some_rows(read_rows(expected.has_rows, folder), came.rows, below(path, "has_rows"))
    for check in expected.checks:
        yield from check.failures(came.rows, below(path, "checks"))
    types = came.types if came.types is not None else types_of(came.rows)
    yield from type_faults(expected.columns, types, below(path, "columns"))


def count_faults(expected: int | None, came: int, path: str) -> Iterator[Mismatch]:
    """Yield a mismatch when there are more or fewer than expected; None expects nothing."""
    if expected is not None and came != expected:
        yield Mismatch(below(path, "count"), expected, came)
