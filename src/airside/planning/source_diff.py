"""The lines of text files that a move changes, as `diff -u` shows them."""

from collections.abc import Iterator
from difflib import unified_diff
from itertools import islice
from typing import Final

from airside.planning.configs import Contents
from airside.planning.escaping import plain
from airside.planning.masking import masked_line

MAX_FILE_LINES: Final = 5_000
"""Lines of a file that is compared; more than these take seconds."""

MAX_LINES: Final = 2_000
"""Lines of all differences together."""

MAX_WIDTH: Final = 500
"""Characters of a line."""

_CODE = (".py", ".sql", ".sh")
_PRIVATE_KEY = b"PRIVATE KEY-----"
_NO_END = "\\ No newline at end of file"


def source_diff(contents: Contents) -> tuple[str, ...]:
    """Return the difference of these files, by path, at most `MAX_LINES` and one line that says that there is more."""
    lines = tuple(islice(_all(contents), MAX_LINES + 1))
    return lines if len(lines) <= MAX_LINES else (*lines[:MAX_LINES], "… and more")


def _all(contents: Contents) -> Iterator[str]:
    for path in sorted(contents):
        before, after = contents[path]
        if before != after:
            yield from _one(path, before, after)


def _one(path: str, before: bytes | None, after: bytes | None) -> Iterator[str]:
    shown = plain(path)
    old, new = _lines(before), _lines(after)
    names = ("/dev/null" if before is None else f"a/{shown}", "/dev/null" if after is None else f"b/{shown}")
    if old is None or new is None:
        yield f"{names[0]} and {names[1]} differ, and are not shown: no text, too long, or a private key"
        return
    for line in unified_diff(old, new, *names, lineterm=""):
        yield _shown(line, is_code=path.endswith(_CODE))


def _lines(data: bytes | None) -> list[str] | None:
    """Return the lines of a file; None where it is not to be shown."""
    if data is None:
        return []
    if b"\0" in data or _PRIVATE_KEY in data or data.count(b"\n") >= MAX_FILE_LINES:
        return None
    try:
        lines = data.decode().split("\n")
    except UnicodeDecodeError:
        return None
    return [*lines[:-1], *([lines[-1], _NO_END] if lines[-1] else [])]


def _shown(line: str, *, is_code: bool) -> str:
    return plain(masked_line(line.replace("\t", "    "), is_code=is_code), limit=MAX_WIDTH)
