"""Texts in which `*` stands for any text."""

import re
from functools import lru_cache


def fits(pattern: str, text: str) -> bool:
    """Whether `text` is what `pattern` says: line ends of any kind are one, spaces around do not count."""
    return _compiled(pattern).fullmatch(_trimmed(text)) is not None


def is_pattern(text: str) -> bool:
    """Whether `text` fits more than itself."""
    return "*" in text


def fits_lines(pattern: str, lines: tuple[str, ...]) -> bool:
    """Whether some of `lines` that follow each other are, together, what `pattern` says."""
    inner = _compiled(pattern).pattern
    text = "\n".join(line.strip() for line in lines)
    return re.search(rf"^(?:{inner})$", text, re.MULTILINE | re.DOTALL) is not None


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    # Several stars are one: each more would make the search slower by the length of the text.
    parts = re.split(r"\*+", _trimmed(pattern))
    return re.compile(".*".join(map(re.escape, parts)), re.DOTALL)


def _trimmed(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
