"""The forms in which a secret shows up in logs and in the texts of errors: what has to be masked."""

import json
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote, quote_plus

SHORTEST_LINE: Final = 8
"""Characters. A shorter line of a longer text may be anything, such as a brace."""

_PEM: Final = "-----"
"""What the first and the last line of a PEM file begin with."""


def forms(leaf: str) -> Iterator[str]:
    """Yield a secret as it is, as lists of Python, JSON and URLs have it, and line by line."""
    yield leaf
    yield from _in_quotes(leaf)
    yield json.dumps(leaf)[1:-1]
    yield json.dumps(leaf, ensure_ascii=False)[1:-1]
    yield quote(leaf, safe="")
    yield quote_plus(leaf)
    for line in leaf.splitlines() if "\n" in leaf else ():
        if len(line.strip()) >= SHORTEST_LINE and not line.startswith(_PEM):
            yield line.strip()


def _in_quotes(leaf: str) -> Iterator[str]:
    """Yield what Python writes between single quotes and between double ones; the text around it decides which."""
    yield repr(f'"{leaf}')[2:-1]
    if '"' not in leaf:
        yield repr(f"'{leaf}")[2:-1]
