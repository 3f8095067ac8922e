"""What docstrings say of attributes and arguments, for the schema that editors show."""

import inspect
import re
from collections.abc import Mapping
from typing import Any, Final

_PARTS: Final = re.compile(r"\n(?:Attributes|Args):\n((?: {4}.*\n?|\n)*)")
_NAMED: Final = re.compile(r"^ {4}(\w+): (.*(?:\n {5,}.*)*)", re.MULTILINE)


def summary(docstring: str | None) -> str:
    """Return the first sentences of a docstring, up to its first section."""
    return " ".join(re.split(r"\n\w+:\n", inspect.cleandoc(docstring or ""))[0].split())


def named(docstring: str | None) -> dict[str, str]:
    """Return what a docstring says of each attribute or argument."""
    part = _PARTS.search(inspect.cleandoc(docstring or "") + "\n")
    return {match[1]: " ".join(match[2].split()) for match in _NAMED.finditer(part[1])} if part else {}


def describe(schema: dict[str, Any], kind: type[Any]) -> None:
    """Write into the schema of a class what its docstring, and those of its bases, say of it and its keys."""
    schema["description"] = summary(kind.__doc__)
    words: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        words |= named(base.__doc__)
    describe_keys(schema, words)


def describe_keys(schema: dict[str, Any], words: Mapping[str, str]) -> None:
    """Write into a schema what there is to say of its keys."""
    for name, part in schema.get("properties", {}).items():
        if name in words:
            part["description"] = words[name]
