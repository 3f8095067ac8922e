"""Expected rows: in the file of the test, or in one beside it."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator

from airside.base.errors import UsageError
from airside.testing.expecting.row_files import rows_in
from airside.testing.expecting.rows import Row


def _rows(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise ValueError("expected a list of rows, each a mapping by column, or the path of a file of them")
    if len({frozenset(row) for row in value}) > 1:
        raise ValueError("each row names the same columns; write null where a value is missing")
    return value


Rows = Annotated[str | list[dict[str, Any]], BeforeValidator(_rows, json_schema_input_type=str | list[dict[str, Any]])]


def read_rows(rows: str | list[dict[str, Any]], folder: Path) -> list[Row]:
    """Return the rows; a text is the path of a file, relative to `folder`.

    Raises:
        UsageError: There is no such file, or it does not hold rows.
    """
    if not isinstance(rows, str):
        return list(rows)
    path = folder / rows
    try:
        return rows_in(path.name, path.read_bytes())
    except OSError as error:
        raise UsageError(
            f"The expected rows {path} cannot be read: {error.strerror}",
            hint="The path is relative to the folder of the test.",
        ) from error
    except ValueError as error:
        raise UsageError(f"The expected rows {path} cannot be read: {error}") from error
