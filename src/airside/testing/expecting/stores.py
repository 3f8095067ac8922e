"""Comparing what tables, files and objects hold after a run."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from airside.base.errors import UsageError
from airside.testing.expecting.comparing import differences
from airside.testing.expecting.contents import StoredExpected, TableExpected
from airside.testing.expecting.equality import Cell
from airside.testing.expecting.expected import QueryExpected
from airside.testing.expecting.mismatch import Mismatch, Words, below
from airside.testing.expecting.patterns import fits
from airside.testing.expecting.reaching import Came, reach, split
from airside.testing.expecting.row_files import rows_in
from airside.testing.expecting.row_source import read_rows
from airside.testing.expecting.rows import Row, all_rows
from airside.testing.expecting.tables import Content, count_faults, row_faults
from airside.testing.standins.readings import HasFiles, HasObjects, HasTables


def table_faults(name: str, expected: TableExpected, came: Came, folder: Path) -> Iterator[Mismatch]:
    """Yield how a table differs; `name` is `connection.table`."""
    path = below("tables", name)
    connection, table = split(name, ".", came.running)
    database = reach(came, connection, HasTables)
    if not expected.exists:
        if table in database.tables():
            yield Mismatch(path, Words("no such table"), Words(f"a table of {len(database.rows(table))} rows"))
        return
    try:
        content = Content(database.rows(table), database.columns(table))
    except UsageError as error:
        yield Mismatch(path, Words("a table"), Words(_sentence(error)))
        return
    yield from count_faults(expected.count, len(content.rows), path)
    yield from row_faults(expected, content, path, folder)


def query_faults(index: int, expected: QueryExpected, came: Came, folder: Path) -> Iterator[Mismatch]:
    """Yield how the answer to a query differs."""
    path = below("queries", index)
    rows = reach(came, expected.connection, HasTables).query(expected.sql)
    if expected.rows is not None:
        yield from all_rows(read_rows(expected.rows, folder), rows, below(path, "rows"), in_order=True)
    elif len(rows) != 1 or len(rows[0]) != 1:
        found = f"{len(rows)} rows of {len(rows[0])} columns" if rows else "no rows"
        yield Mismatch(below(path, "value"), expected.value, Words(found))
    else:
        (value,) = rows[0].values()
        yield from differences(expected.value, value, below(path, "value"))


def file_faults(name: str, expected: StoredExpected, came: Came, folder: Path) -> Iterator[Mismatch]:
    """Yield how a file differs; `name` is `connection/path`."""
    connection, pattern = split(name, "/", came.running)
    found = reach(came, connection, HasFiles).files()
    yield from _stored_faults(below("files", name), pattern, expected, found, folder)


def object_faults(name: str, expected: StoredExpected, came: Came, folder: Path) -> Iterator[Mismatch]:
    """Yield how an object differs; `name` is `connection/bucket/key`."""
    connection, pattern = split(name, "/", came.running)
    found = reach(came, connection, HasObjects).objects()
    yield from _stored_faults(below("objects", name), pattern, expected, found, folder)


def _stored_faults(
    path: str, pattern: str, expected: StoredExpected, stored: Mapping[str, bytes], folder: Path
) -> Iterator[Mismatch]:
    found = {name: content for name, content in stored.items() if _matches(pattern, name)}
    if not expected.exists:
        if found:
            yield Mismatch(path, Words("nothing there"), Words(", ".join(found)))
        return
    several = "*" in pattern
    if several:
        yield from count_faults(expected.count, len(found), path)
    elif not found:
        there = f"it is not; there are {', '.join(stored)}" if stored else "it is not; there is nothing"
        yield Mismatch(path, Words("to be there"), Words(there))
    for name, content in found.items():
        yield from _content_faults(
            below(path, name) if several else path, Stored(name, content, several), expected, folder
        )


@dataclass(frozen=True, slots=True)
class Stored:
    """A file or an object.

    Attributes:
        name: Its path.
        content: Its bytes.
        is_one_of_several: The expectation is about all that fit a pattern.
    """

    name: str
    content: bytes
    is_one_of_several: bool


def _content_faults(path: str, stored: Stored, expected: StoredExpected, folder: Path) -> Iterator[Mismatch]:
    try:
        if expected.text is not None and not fits(expected.text, stored.content.decode()):
            yield Mismatch(below(path, "text"), expected.text, stored.content.decode())
        if expected.has("json_value"):
            yield from differences(expected.json_value, json.loads(stored.content), below(path, "json"))
        counted = expected.count is not None and not stored.is_one_of_several
        rows = [_typed(row) for row in rows_in(stored.name, stored.content)] if expected.needs_rows or counted else []
    except (ValueError, RecursionError) as error:
        yield Mismatch(path, Words("a content that can be read"), Words(f"{len(stored.content)} bytes: {error}"))
        return
    if counted:
        yield from count_faults(expected.count, len(rows), path)
    yield from row_faults(expected, Content(rows), path, folder)


def _typed(row: Row) -> Row:
    """Return a row of CSV with NULL for what is empty."""
    return {column: None if value == "" and isinstance(value, Cell) else value for column, value in row.items()}


def _matches(pattern: str, path: str) -> bool:
    """Whether `path` is what `pattern` says: `*` is any text but `/`, `**` any text."""
    parts = re.split(r"(\*+)", pattern)
    words = {"*": "[^/]*"}
    regex = "".join(words.get(part, ".*") if part.startswith("*") else re.escape(part) for part in parts)
    return re.fullmatch(regex, path, re.DOTALL) is not None


def _sentence(error: UsageError) -> Any:
    return f"{error.message}. {error.hint}" if error.hint else error.message
