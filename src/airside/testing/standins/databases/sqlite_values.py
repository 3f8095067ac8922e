"""Values as SQLite stores them: it would take any value into any column, we do not."""

import json
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, Final

_TRUTHS: Final = {"true": 1, "false": 0, "1": 1, "0": 0, "t": 1, "f": 0}


def stored(value: Any, declared: str) -> Any:
    """Return what is stored in a column of the type `declared`.

    Raises:
        ValueError: The column cannot hold it.
    """
    if value is None or isinstance(value, bytes):
        return value
    text = _text(value)
    kind = declared.upper()
    for words, convert in _CONVERSIONS:
        if any(word in kind for word in words):
            return convert(text)
    return text if isinstance(value, str) or "CHAR" in kind or "TEXT" in kind else _plain(value)


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, default=str)
    return str(value)


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float) else _text(value)


def _truth(text: str) -> int:
    if text.lower() not in _TRUTHS:
        raise ValueError(text)
    return _TRUTHS[text.lower()]


def _whole(text: str) -> int:
    return _TRUTHS[text.lower()] if text in {"True", "False"} else int(text)


def _number(text: str) -> float | int:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(text) from error
    return int(number) if number == number.to_integral_value() and "." not in text else float(number)


def _moment(text: str) -> str:
    datetime.fromisoformat(text)
    return text


def _document(text: str) -> str:
    json.loads(text)
    return text


_CONVERSIONS: Final[tuple[tuple[tuple[str, ...], Callable[[str], Any]], ...]] = (
    (("BOOL",), _truth),
    (("INT",), _whole),
    (("REAL", "FLOA", "DOUB", "NUMERIC", "DECIMAL"), _number),
    (("DATE", "TIMESTAMP"), _moment),
    (("JSON",), _document),
)
