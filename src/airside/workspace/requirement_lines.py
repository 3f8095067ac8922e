"""Adding packages to `requirements.txt`: new lines at its end, and nothing that is there is touched."""

import re
from collections.abc import Iterable

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")


def lacking(text: str, wanted: Iterable[str]) -> tuple[str, ...]:
    """Return the lines of `wanted` whose package no line of `text`, a `requirements.txt`, names.

    A line that is no requirement, such as an option or a comment, names none. One of another version names it: which
    version is the author's choice.
    """
    there = {name for line in text.splitlines() if (name := _package(line))}
    found: dict[str, str] = {}
    for line in wanted:
        found.setdefault(_package(line), line)
    return tuple(line for name, line in found.items() if name not in there)


def with_lines(text: str, lines: Iterable[str]) -> str:
    """Return `text` with `lines` at its end."""
    added = "".join(f"{line}\n" for line in lines)
    return f"{text}\n{added}" if added and text and not text.endswith("\n") else text + added


def _package(line: str) -> str:
    try:
        return canonicalize_name(Requirement(line.split(" #", maxsplit=1)[0].strip()).name)
    except InvalidRequirement:
        # With a hash, a trailing backslash or what pip alone understands; the name is what it begins with.
        match = _NAME.match(line)
        return canonicalize_name(match[1]) if match else ""
