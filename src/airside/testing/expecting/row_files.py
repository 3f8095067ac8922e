"""Rows in files: CSV, JSON, JSON Lines, Parquet, and these with gzip."""

import csv
import gzip
import importlib
import io
import json
import zlib
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import Any, Final

from airside.testing.expecting.equality import Cell
from airside.testing.expecting.rows import Row

ROWS: Final = "the name of a file of rows ends in .csv, .tsv, .json, .jsonl, .ndjson or .parquet, and may end in .gz"


def rows_in(name: str, content: bytes) -> list[Row]:
    """Return the rows of a file; those of CSV are `Cell`s.

    Args:
        name: Its name, which says what it is.
        content: Its bytes.

    Raises:
        ValueError: It does not hold rows; says why.
    """
    suffixes = PurePosixPath(name).suffixes
    try:
        if suffixes[-1:] == [".gz"]:
            content, suffixes = gzip.decompress(content), suffixes[:-1]
        reader = _READERS.get(suffixes[-1].lower() if suffixes else "")
        if reader is None:
            raise ValueError(ROWS)
        return reader(content)
    except UnicodeDecodeError as error:
        raise ValueError("it is not UTF-8") from error
    except (csv.Error, RecursionError, OSError, EOFError, zlib.error) as error:
        raise ValueError(str(error)) from error


def _separated(separator: str) -> Callable[[bytes], list[Row]]:
    def read(content: bytes) -> list[Row]:
        text = io.StringIO(content.decode("utf-8-sig"), newline="")
        reader = csv.DictReader(text, delimiter=separator, strict=True)
        rows: list[Row] = []
        for row in reader:
            if None in row or None in row.values():
                raise ValueError(f"line {reader.line_num} has not as many cells as the first")
            rows.append({column: Cell(value) for column, value in row.items()})
        return rows

    return read


def _json(content: bytes) -> list[Row]:
    return _objects(json.loads(content))


def _json_lines(content: bytes) -> list[Row]:
    return _objects([json.loads(line) for line in content.splitlines() if line.strip()])


def _objects(found: Any) -> list[Row]:
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise ValueError("it is no list of objects")
    return found


def _parquet(content: bytes) -> list[Row]:
    try:
        # Not in every environment; whoever writes Parquet in a workflow has it.
        parquet = importlib.import_module("pyarrow.parquet")
        arrow = importlib.import_module("pyarrow")
    except ImportError as error:
        raise ValueError("Parquet is read by the package pyarrow, which is not installed") from error
    try:
        rows: list[Row] = parquet.read_table(arrow.BufferReader(content)).to_pylist()
    except arrow.ArrowException as error:
        raise ValueError(str(error)) from error
    return rows


_READERS: Final[Mapping[str, Callable[[bytes], list[Row]]]] = {
    ".csv": _separated(","),
    ".tsv": _separated("\t"),
    ".json": _json,
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".parquet": _parquet,
}
