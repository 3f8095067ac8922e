"""Small tables of text."""

from collections.abc import Sequence
from typing import Any, Final

from airside.testing.expecting.mismatch import NOTHING, Words

LONGEST: Final = 300
"""Characters of a value in a message."""

_WIDEST: Final = 32
"""Characters of a cell."""


def shown(value: Any, longest: int = LONGEST) -> str:
    """Return how `value` is shown in a message: as YAML would spell it, on one line, cut where it is long."""
    text = str(value) if isinstance(value, Words) or value is NOTHING else _spelled(value)
    text = "".join(character if character.isprintable() else _escaped(character) for character in text)
    return text if len(text) <= longest else f"{text[: longest - 1]}… ({len(text)} characters)"


def cell(value: Any) -> str:
    """Return how `value` is shown in a table."""
    text = "NULL" if value is None else str(value) if isinstance(value, str) else _spelled(value)
    text = "".join(character if character.isprintable() else _escaped(character) for character in text)
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return lines with `rows` in columns below `heads`."""
    lines = [heads, *rows]
    widths = [max(len(line[index]) for line in lines) for index in range(len(heads))]
    return tuple(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def _spelled(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return repr(value) if isinstance(value, (str, int, float, list, dict, tuple)) else str(value)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()
