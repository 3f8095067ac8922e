"""Text that came from anywhere, made fit to be shown: no control characters, no line that turns another around."""

import unicodedata
from collections.abc import Callable
from typing import Final

ELLIPSIS: Final = "…"
_LONGEST: Final = 10_000
"""Characters. No channel shows as many, and an error may have millions."""
_TURNS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They change the direction of what follows, so that a line reads otherwise than it is."""


def clean(text: str) -> str:
    """Return `text` as one line, without what no channel can show."""
    return " ".join("".join(map(_shown, text[:_LONGEST])).split())


def first_line(text: str) -> str:
    """Return the first line of `text` that says anything, cleaned."""
    return next(filter(None, map(clean, text[:_LONGEST].splitlines())), "")


def fit(text: str, limit: int, escape: Callable[[str], str] = str) -> str:
    """Return `text`, escaped, in at most `limit` units of UTF-16: the strictest way in which a service may count.

    Args:
        text: What is cut, with an ellipsis, where it is too long.
        limit: At least 1.
        escape: Returns what one character becomes. What it returns is not cut in two.
    """
    pieces = [escape(letter) for letter in text]
    if sum(map(_units, pieces)) <= limit:
        return "".join(pieces)
    kept: list[str] = []
    left = limit - 1
    for piece in pieces:
        if (left := left - _units(piece)) < 0:
            break
        kept.append(piece)
    return "".join(kept).rstrip() + ELLIPSIS


def _units(text: str) -> int:
    return sum(2 if ord(letter) > 0xFFFF else 1 for letter in text)  # noqa: PLR2004 - the end of the first plane


def _shown(letter: str) -> str:
    if letter in _TURNS:
        return ""
    category = unicodedata.category(letter)
    if category == "Cs":
        return "\N{REPLACEMENT CHARACTER}"  # half of a character, which no encoding can write
    return " " if category == "Cc" else letter
