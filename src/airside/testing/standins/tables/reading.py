"""Tables out of files and out of a test."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from airside.base.errors import UsageError
from airside.testing.standins.contents import read
from airside.testing.standins.tables.given import Table, TableGiven
from airside.testing.standins.tables.kinds import kind_of_texts, kind_of_values
from airside.testing.standins.tables.sheet import Rows, Sheet

FORMATS = (".csv", ".tsv", ".json", ".jsonl", ".ndjson")


def sheets(tables: Mapping[str, TableGiven], types: Mapping[str, Mapping[str, str]], folder: Path) -> list[Sheet]:
    """Read all tables of a test.

    Args:
        tables: By name.
        types: By table and column: the types that are wanted.
        folder: What paths are relative to.

    Raises:
        UsageError: A file cannot be read, is no table, or a type is given for what is not there.
    """
    for table in types:
        if table not in tables:
            raise UsageError(f"There is no table {table!r}, whose types are given", hint=f"Given: {', '.join(tables)}.")
    return [_sheet(name, given, folder).typed(types.get(name, {})) for name, given in tables.items()]


def rows_in(path: str, data: bytes) -> Rows:
    """Read a table out of a file's content.

    Args:
        path: The file's name, whose end says what it is; for messages too.
        data: The content.

    Raises:
        UsageError: It is no table.
    """
    ending = PurePosixPath(path).suffix.lower()
    if ending not in FORMATS:
        raise UsageError(f"{path} is no table", hint=f"The name of a table's file ends in {', '.join(FORMATS)}.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path}:{line} is not written in UTF-8: {error.reason}") from error
    if ending in {".csv", ".tsv"}:
        return _rows_of_csv(path, text, delimiter="\t" if ending == ".tsv" else ",")
    return _rows_of_json(path, text) if ending == ".json" else _rows_of_lines(path, text)


def rows_of(values: Sequence[Any], source: str, places: Sequence[str], *, is_json: bool = False) -> Rows:
    """Return objects as rows; a key that one lacks is NULL there.

    Raises:
        UsageError: One is no object.
    """
    for value, place in zip(values, places, strict=True):
        if not isinstance(value, Mapping):
            raise UsageError(f"{place} is no object, but {_named(value)}", hint="A row is an object: {column: value}.")
    columns = tuple(dict.fromkeys(str(key) for value in values for key in value))
    cells = [tuple(value.get(column) for column in columns) for value in values]
    kinds = {
        column: kind_of_values((row[at] for row in cells), are_dates_texts=is_json) for at, column in enumerate(columns)
    }
    return Rows(source, columns, cells, places, kinds)


def _sheet(name: str, given: TableGiven, folder: Path) -> Sheet:
    table = given if isinstance(given, Table) else Table(rows=given) if isinstance(given, list) else None
    if table is None:
        return Sheet(name, _rows_of_file(name, str(given), folder))
    sources = [path for path in (table.csv, table.json) if path is not None]
    if len(sources) + (table.rows is not None) > 1:
        raise UsageError(f"The table {name} has its rows from one of csv, json and rows")
    if sources:
        rows = _rows_of_file(name, sources[0], folder)
    else:
        values = table.rows or []
        rows = rows_of(values, f"rows of {name}", [f"Row {number} of {name}" for number in range(1, len(values) + 1)])
    if not rows.columns and table.schema is None:
        raise UsageError(
            f"The table {name} has neither rows nor a schema: its columns are not known",
            hint="{schema: 'id int, day date'} gives an empty table.",
        )
    return Sheet(name, rows, table.types, table.schema)


def _rows_of_file(table: str, path: str, folder: Path) -> Rows:
    return rows_in(path, read(folder, path, for_what=f"the table {table}"))


def _rows_of_csv(path: str, text: str, *, delimiter: str) -> Rows:
    numbered = _lines_of_csv(path, text, delimiter)
    header = next(numbered, None)
    if header is None:
        raise UsageError(f"{path} is empty", hint="Its first line has the names of the columns.")
    columns = tuple(name.strip() for name in header[1])
    if "" in columns or len(set(columns)) < len(columns):
        raise UsageError(f"{path}:{header[0]}: each column needs a name of its own, there are: {', '.join(columns)}")
    places, cells = [], []
    for line, values in numbered:
        if len(values) != len(columns):
            raise UsageError(
                f"{path}:{line} has {len(values)} values for {len(columns)} columns ({', '.join(columns)})"
            )
        places.append(f"{path}:{line}")
        cells.append(tuple(value or None for value in values))
    return Rows(
        path, columns, cells, places, {each: kind_of_texts(r[at] for r in cells) for at, each in enumerate(columns)}
    )


def _lines_of_csv(path: str, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each line that is not empty, with the number of its first one in the file."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before = 0
    try:
        for values in reader:
            if values:
                yield before + 1, values
            before = reader.line_num
    except csv.Error as error:
        raise UsageError(f"{path}:{reader.line_num} is no CSV: {error}") from error


def _rows_of_json(path: str, text: str) -> Rows:
    try:
        values = json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageError(f"{path}:{error.lineno} is no JSON: {error.msg} (column {error.colno})") from error
    if not isinstance(values, list):
        raise UsageError(
            f"{path} is no list of rows, but {_named(values)}", hint="It is a list of objects: [{…}, {…}]."
        )
    return rows_of(values, path, [f"{path}, row {number}" for number in range(1, len(values) + 1)], is_json=True)


def _rows_of_lines(path: str, text: str) -> Rows:
    values, places = [], []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            values.append(json.loads(line))
        except json.JSONDecodeError as error:
            raise UsageError(f"{path}:{number} is no JSON: {error.msg} (column {error.colno})") from error
        places.append(f"{path}:{number}")
    return rows_of(values, path, places, is_json=True)


def _named(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "a boolean", int: "a number", float: "a number"}
    return "null" if value is None else names.get(type(value), f"a {type(value).__name__}")
