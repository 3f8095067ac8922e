"""Keeping secrets out of plans: what looks like one is not shown, in files that should hold none."""

import re
from typing import Final

MASK: Final = "•••"
"""Stands for a value that may be secret."""

_WORDS = r"pass(?:word|wd|phrase)|secret|token|credential|private|api[_.-]?key|access[_.-]?key|auth"
_SECRET = re.compile(_WORDS, re.IGNORECASE)
_PASSWORD_IN_URL = re.compile(r"(://[^/\s:@]*):[^/\s@]+@")
_NAMED_LITERAL = re.compile(rf"""((?:{_WORDS})[\w.-]*["']?\s*[:=]\s*[rbf]?)("[^"]*"?|'[^']*'?)""", re.IGNORECASE)
_NAMED_VALUE = re.compile(rf"""((?:{_WORDS})[\w.-]*["']?\s*[:=]\s*)\S.*""", re.IGNORECASE)


def masked_value(key: str, value: str) -> str:
    """Return the value of a config, masked where its key or its form says that it may be secret."""
    return MASK if _SECRET.search(key) else _without_passwords(value)


def masked_line(line: str, *, is_code: bool) -> str:
    """Return a line of a file without what may be secret: in code that is a literal, elsewhere all behind the key."""
    pattern = _NAMED_LITERAL if is_code else _NAMED_VALUE
    return _without_passwords(pattern.sub(rf"\1{MASK}", line))


def _without_passwords(text: str) -> str:
    return _PASSWORD_IN_URL.sub(rf"\1:{MASK}@", text)
