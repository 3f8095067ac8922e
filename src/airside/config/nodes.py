"""Values and where they are written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from airside.base.errors import ConfigError

Parts = tuple[str, ...]
"""A name in its parts: folders, file, keys, positions in lists."""

Scalar = str | int | float | bool | None


class Nothing(Enum):
    """The value of a name below one that is no mapping: what earlier layers have there does not count."""

    HERE = "nothing can be here"


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a config.

    Attributes:
        value: A mapping, a list, or a plain value.
        file: The path of its file, relative to the root: ``configs/sales/orders.yaml``.
        line: From 1; 0 where `file` is a folder.
    """

    value: "dict[str, Node] | list[Node] | Scalar | Nothing"
    file: str
    line: int

    @property
    def place(self) -> str:
        """The file and the line, as compilers write them; of a folder, itself."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def child(self, part: str) -> "Node | None":
        """Return what has this key or this position; None where there is none."""
        if isinstance(self.value, dict):
            return self.value.get(part)
        if isinstance(self.value, list) and part.isdecimal() and int(part) < len(self.value):
            return self.value[int(part)]
        return None

    def select(self, parts: Sequence[str]) -> "Node | None":
        """Return what these keys and positions lead to; None where a mapping on the way lacks one.

        Below what is no mapping, it is a node of `Nothing`.
        """
        node = self
        for part in parts:
            child = node.child(part)
            if child is None:
                return None if isinstance(node.value, dict) else Node(Nothing.HERE, node.file, node.line)
            node = child
        return node

    def nearest(self, parts: Sequence[str]) -> "Node":
        """Return the last value on the way to these keys and positions."""
        node = self
        for part in parts:
            child = node.child(part)
            if child is None:
                break
            node = child
        return node

    def placed(self, name: Parts) -> "Node":
        """Return mappings with this value at `name`."""
        node = self
        for part in reversed(name):
            node = Node({part: node}, self.file, 1)
        return node

    def children(self) -> "Iterator[tuple[str, Node]]":
        """Yield each value directly in this one, with its key or position."""
        if isinstance(self.value, dict):
            yield from self.value.items()
        elif isinstance(self.value, list):
            yield from ((str(index), node) for index, node in enumerate(self.value))

    def walk(self, at: Parts = ()) -> "Iterator[tuple[Parts, Node]]":
        """Yield this value and all in it, each with its parts; those of this one are `at`."""
        yield at, self
        for part, child in self.children():
            yield from child.walk((*at, part))

    def plain(self) -> Any:  # noqa: ANN401 - what a file holds
        """Return the value as dicts, lists and plain values."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        return [node.plain() for node in self.value] if isinstance(self.value, list) else self.value


def conflicts(one: Node, other: Node, name: Parts) -> "Iterator[tuple[Parts, Node, Node]]":
    """Yield what both of two files of one layer give a value, as far as these are no mappings: the name, the values."""
    if not (isinstance(one.value, dict) and isinstance(other.value, dict)):
        yield name, one, other
        return
    for key, node in other.value.items():
        if key in one.value:
            yield from conflicts(one.value[key], node, (*name, key))


def joined(one: Node | None, other: Node | None, name: Parts) -> Node | None:
    """Return what two files of one layer say of `name`, which has to differ in its keys.

    Raises:
        ConfigError: They both have a value for one name.
    """
    for at, first, second in conflicts(one, other, name) if one and other else ():
        raise ConfigError(
            f"{second.place}: the config {'.'.join(at)!r} is in two files: the other is {first.place}",
            hint="Keep it in one of them.",
        )
    return merged(one, other)


def merged(base: Node | None, over: Node | None) -> Node | None:
    """Return `base` with what a later layer sets: mappings by key, all else as a whole."""
    if base is None or over is None:
        return base or over
    if not (isinstance(base.value, dict) and isinstance(over.value, dict)):
        return over
    both = dict(base.value)
    for key, node in over.value.items():
        both[key] = merged(both.get(key), node) or node
    return Node(both, base.file, base.line)
