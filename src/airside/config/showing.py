"""A config as a list of its values, each with the place that it is written in."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from airside.config.configs import Found
from airside.config.nodes import Node


@dataclass(frozen=True, slots=True)
class Shown:
    """A value of a config.

    Attributes:
        key: Its whole name.
        value: What it comes to: a plain value, or an empty mapping or list.
        file: Where it is written, relative to the root.
        line: From 1.
        written: How, where that is a reference; None where it is written out.
    """

    key: str
    value: Any
    file: str
    line: int
    written: str | None = None

    @property
    def text(self) -> str:
        """The value as YAML has it; a text as it is."""
        if isinstance(self.value, str):
            return self.value
        return str(yaml.safe_dump(self.value, default_flow_style=True)).removesuffix("...\n").strip()

    @property
    def place(self) -> str:
        """The file and the line."""
        return f"{self.file}:{self.line}"


def shown_values(found: Found) -> Iterator[Shown]:
    """Yield every value of a config, in the order of the files."""
    yield from _values(found.value, found.node, found.name)


def _values(value: Any, node: Node, key: str) -> Iterator[Shown]:  # noqa: ANN401 - what the file holds
    if value and isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for part, child in inner:
            yield from _values(child, node.child(str(part)) or node, f"{key}.{part}")
        return
    written = node.value if isinstance(node.value, str) and "${" in node.value else None
    yield Shown(key, value, node.file, node.line, written)
