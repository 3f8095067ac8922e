"""What the layer of an environment sets that base does not have: most likely mistyped, or of another shape."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from airside.config.nodes import Node, Parts

_ALIKE: Final = 0.8
"""From here on a key looks like another one that was mistyped (difflib's measure, 0 to 1)."""

_DIGITS: Final = re.compile(r"\d+")


def doubtful(base: Node, over: Node, name: Parts = ()) -> Iterator[tuple[Node, str]]:
    """Yield each value of a layer that may miss its aim, and why.

    A further key is no fault: an entry of a list of prices, or a switch that one environment has.
    """
    if not (isinstance(base.value, dict) and isinstance(over.value, dict)):
        if None not in (shapes := (_shape(base), _shape(over))) and shapes[0] != shapes[1]:
            yield over, f"{'.'.join(name)!r} is {shapes[1]} here, and {shapes[0]} in {base.place}"
        return
    for key, node in over.value.items():
        if key in base.value:
            yield from doubtful(base.value[key], node, (*name, key))
        elif (meant := _meant(key, base, over)) is not None:
            yield node, f"base has no config {'.'.join((*name, key))!r}; did you mean {meant!r}?"


def _meant(key: str, base: Node, over: Node) -> str | None:
    assert isinstance(base.value, dict) and isinstance(over.value, dict)  # noqa: S101, PT018 - asked before
    # Of `host1` and `host2`, neither is the other one mistyped.
    known = [
        other for other in base.value if other not in over.value and _DIGITS.sub("", other) != _DIGITS.sub("", key)
    ]
    return next(iter(get_close_matches(key, known, n=1, cutoff=_ALIKE)), None)


def _shape(node: Node) -> str | None:
    """Return what a value is; None where it may be any: none yet, or a reference to one."""
    if node.value is None or (isinstance(node.value, str) and node.value.startswith(("${", "???"))):
        return None
    return "a mapping" if isinstance(node.value, dict) else "a list" if isinstance(node.value, list) else "a value"
