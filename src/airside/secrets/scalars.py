"""Unquoted scalars of YAML as the `sops` program understands them, which differs from YAML 1.1 and from PyYAML.

After resolve.go of go.yaml.in/yaml/v3, with which sops 3.11 reads: ``on`` and ``12:30`` are text, ``0o17`` and ``017``
are 15, ``1_000`` is 1000, and a date becomes the text of a time.
"""

import re
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from math import inf, isinf
from typing import Final

Scalar = str | int | float | bool | None

_WORDS: Final[dict[str, Scalar]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
}
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])_(?=[0-9])")
_OCTAL = re.compile(r"[-+]?0[0-7]+")
_INT64, _UINT64 = 2**63, 2**64
_FIRST_EXPONENT = 1e21
"""From here on, Go writes a number in JSON with an exponent."""
_TIME = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:(?:[Tt]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(\.[0-9]+)?(Z|[-+][0-9]{2}:[0-9]{2}))"
    r"|(?: ([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(\.[0-9]+)?))?"
)


def resolve(text: str) -> Scalar:
    """Return what the unquoted scalar `text` means to sops; a time is RFC 3339 text."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "0123456789+-.":
        return text
    if text[0] != "." and (time := time_text(text)) is not None:
        return time
    number = _number(_BETWEEN_DIGITS.sub("", text) if text[0] == "." else text.replace("_", ""))
    return text if number is None else number


def _number(text: str) -> int | float | None:
    whole: int | None = None
    with suppress(ValueError):
        # Go reads `017` as octal, where Python demands `0o17`.
        whole = int(text, 8) if _OCTAL.fullmatch(text) else int(text, 0)
    if whole is not None and -_INT64 <= whole < _UINT64 and text.isascii():
        return whole
    number = float(text) if _FLOAT.fullmatch(text) else inf
    return None if isinf(number) else tidy(number)  # to Go, a number that is too large is none


def tidy(number: float) -> int | float:
    """Return a whole `number` as an int: sops does not tell ``5.0`` from ``5``, and keeps JSON's 5 as a float.

    Its digits are those that Go writes: the shortest ones that are this float, and zeros after them.
    """
    if not abs(number) < _FIRST_EXPONENT or not number.is_integer() or str(number) == "-0.0":
        return number
    return int(Decimal(repr(number)))


def time_text(text: str) -> str | None:
    """Return the time that `text` is as sops writes it, RFC 3339; None where it is none."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(part) for part in found.group(1, 2, 3))
    hour, minute, second, fraction = (
        (found.group(n) or found.group(n + 5) for n in (4, 5, 6, 7)) if ":" in text else _NIGHT
    )
    try:
        moment = datetime(year, month, day, int(hour), int(minute), int(second))  # noqa: DTZ001 - the zone stays text
    except ValueError:
        return None
    zone = found.group(8) or "Z"
    rest = (fraction or "")[: 1 + _NANOSECONDS].rstrip("0").rstrip(".")
    return f"{moment.isoformat()}{rest}{'Z' if zone in {'+00:00', '-00:00'} else zone}"


_NIGHT = ("0", "0", "0", "")
_NANOSECONDS = 9
"""Digits that a time has in Go after the point."""
