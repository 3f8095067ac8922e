"""Values that a test gives over the files, and who hears what was asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from airside.config.nodes import Node, merged

Heard = Callable[[str, bool], None]
"""Gets the name of a config that was asked for, and whether there is one."""

_FILE: Final = "the test"


@dataclass(frozen=True, slots=True)
class Giving:
    """What this process gives.

    Attributes:
        over: Values that come before those of all files; None: there are none.
        heard: Hears what authors ask for.
    """

    over: Node | None = None
    heard: Heard | None = None


_giving = Giving()


def give(values: Mapping[str, Any], heard: Heard) -> None:
    """Give `values`, by dotted name, over those of the files, from here on in this process.

    Args:
        values: A mapping adds its keys to those of the files; all else replaces what they say.
        heard: Hears each name that is asked for.
    """
    global _giving  # noqa: PLW0603 - a test runs in a process of its own
    over: Node | None = None
    for name, value in values.items():
        over = merged(over, _node(value).placed(tuple(name.split("."))))
    _giving = Giving(over, heard)


def given() -> Giving:
    """Return what this process gives."""
    return _giving


def _node(value: Any) -> Node:  # noqa: ANN401 - whatever a config can hold
    if isinstance(value, Mapping):
        return Node({str(key): _node(inner) for key, inner in value.items()}, _FILE, 0)
    if isinstance(value, list | tuple):
        return Node([_node(inner) for inner in value], _FILE, 0)
    return Node(value, _FILE, 0)
