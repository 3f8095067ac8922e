"""Which other configs a config refers to with `${…}`, found before anything is followed.

A workspace has hundreds of configs, of which one refers to a few: only those are read.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, Protocol

from airside.config.nodes import Node, Nothing, Parts

_INNERMOST: Final = re.compile(r"\$\{([^${}]*)\}")
_SPLIT: Final = re.compile(r"[.\[\]]+")
_BY_NAME: Final = re.compile(r"\$\{\.*[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*\}")
ALONE: Final = frozenset({"oc.env", "oc.decode", "oc.create"})
"""Resolvers that look at no config but those that their own arguments name."""

_INSIDE: Final = "\0"


class Finding(Protocol):
    """Where other configs are found."""

    def find(self, name: Parts) -> Node | None:
        """Return what is written for `name`; without a name, everything."""
        ...


def is_reference(node: Node) -> bool:
    """Tell whether a value refers to something."""
    return isinstance(node.value, str) and "${" in node.value


def parts_in(key: str) -> Parts:
    """Return the parts of a name as OmegaConf writes it: ``hosts[0].name``."""
    return tuple(part for part in _SPLIT.split(key) if part)


def resolvers(text: str) -> Iterator[str]:
    """Yield the names of the functions that a text calls: ``oc.env`` of ``${oc.env:HOME}``."""
    for body in _bodies(text):
        resolver, colon, _ = body.partition(":")
        if colon:
            yield resolver.strip()


def references(text: str, at: Parts) -> Iterator[Parts]:
    """Yield the names that a text refers to; the empty one where that cannot be told. Its own name is `at`."""
    for body in _bodies(text):
        resolver, colon, _ = body.partition(":")
        if colon and resolver.strip() not in ALONE:
            yield ()
        elif not colon:
            yield () if _INSIDE in body else _target(body, at)


def surely_leads(text: str, at: Parts, everything: Node) -> bool:
    """Tell whether a text refers to plain values by their names and to nothing else, and all are there.

    Most do, and asking OmegaConf about each of hundreds takes seconds.
    """
    if "\\" in text or len(_BY_NAME.findall(text)) != text.count("${"):
        return False
    targets = [everything.select(name) for name in references(text, at)]
    return all(node is not None and not _holds_references(node) for node in targets)


def collected(configs: Finding, leaves: Iterable[tuple[Parts, Node]]) -> Node:
    """Return a tree with these values, and all that they refer to, directly or not, each at its place."""
    root = Node({}, "configs", 1)
    there: set[Parts] = set()
    waiting: list[tuple[Parts, Node | None]]
    waiting = [(at, node) if _whole(at) == at else (_whole(at), None) for at, node in leaves]
    while waiting:
        at, found = waiting.pop()
        if any(at[:end] in there for end in range(len(at) + 1)):
            continue
        found = found or configs.find(at)
        if found is None:
            # The name may lead through a reference.
            waiting.extend((at[:end], None) for end in range(1, len(at)) if _refers(configs, at[:end]))
            continue
        there.add(at)
        if not at:
            return found
        _put(root, at, found)
        for place, leaf in found.walk(at):
            if is_reference(leaf):
                waiting.extend((_whole(target), None) for target in references(str(leaf.value), place))
    return root


def _holds_references(node: Node) -> bool:
    return any(is_reference(inner) or isinstance(inner.value, Nothing) for _, inner in node.walk())


def _refers(configs: Finding, name: Parts) -> bool:
    node = configs.find(name)
    return node is not None and is_reference(node)


def _bodies(text: str) -> Iterator[str]:
    """Yield what is between the braces, from the inside out."""
    while match := _INNERMOST.search(text):
        yield match[1].strip()
        text = text[: match.start()] + _INSIDE + text[match.end() :]


def _target(body: str, at: Parts) -> Parts:
    key = body.lstrip(".")
    up = len(body) - len(key)
    return (*at[: max(0, len(at) - up)], *parts_in(key)) if up else parts_in(key)


def _whole(name: Parts) -> Parts:
    """Return the name of the list that a position is of, or the name itself."""
    end = next((index for index, part in enumerate(name) if part.isdecimal()), len(name))
    return name[:end]


def _put(root: Node, at: Parts, node: Node) -> None:
    for part in at[:-1]:
        assert isinstance(root.value, dict)  # noqa: S101 - it was made here
        root = root.value.setdefault(part, Node({}, node.file, node.line))
    assert isinstance(root.value, dict)  # noqa: S101 - as above
    root.value[at[-1]] = node
