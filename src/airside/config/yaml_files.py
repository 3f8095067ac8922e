"""Reading one YAML file, with the line of each value."""

import re
from codecs import BOM_UTF8
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import yaml

from airside.config.nodes import Node, Scalar
from airside.config.scalars import scalar

MAX_VALUES: Final = 100_000
"""Values of a file; with aliases a small file can stand for billions."""

MAX_DEPTH: Final = 100
"""Mappings and lists in each other. PyYAML's C code calls itself for each: at some ten thousand the process ends."""

_SURELY_FLAT: Final = 20_000
"""Bytes; a block of YAML that is `MAX_DEPTH` deep by its indentation alone is not much smaller than this."""

_PLAIN: Final = "!plain"
_TAGS: Final = "tag:yaml.org,2002:"


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Finds the structure only; a word without quotes gets a tag of its own."""

    yaml_implicit_resolvers = {None: [(_PLAIN, re.compile(""))]}  # noqa: RUF012 - PyYAML's


@dataclass(frozen=True, slots=True)
class Fault:
    """What keeps a file from being a config.

    Attributes:
        file: Relative to the root.
        line: From 1.
        message: What is wrong.
        severity: A `warning` where the file may be good for something else.
    """

    file: str
    line: int
    message: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file that was read.

    Attributes:
        node: What it holds, as far as it can be told.
        faults: Whoever asks for anything in it gets the first one.
        whole: Whether all its keys are known.
    """

    node: Node
    faults: tuple[Fault, ...] = ()
    whole: bool = True

    @classmethod
    def broken(cls, fault: Fault) -> "Parsed":
        """Return a file of which nothing can be told."""
        return cls(Node({}, fault.file, 1), (fault,), whole=False)


def parse(data: bytes, file: str) -> Parsed:
    """Return what a file holds; `file` is its path, relative to the root. An empty file is an empty mapping."""
    reading = _Reading(file)
    try:
        text = _text(data)
        if (line := _too_deep(text)) is not None:
            return Parsed.broken(Fault(file, line, "it is nested too deeply"))
        loader = _Loader(text)
        try:
            document = loader.get_single_node()
        finally:
            loader.dispose()
        node = reading.node(document) if document is not None else Node({}, file, 1)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Parsed.broken(Fault(file, line, "it is not UTF-8"))
    except yaml.YAMLError as error:
        return Parsed.broken(_broken(file, error, data))
    return Parsed(node, tuple(reading.faults))


def _text(data: bytes) -> str:
    return data.removeprefix(BOM_UTF8).decode()


def _too_deep(text: str) -> int | None:
    """Return the line from which on a text is nested too deeply; None where it is not."""
    opened = text.count("[") + text.count("{") + text.count("- ") + text.count("? ")
    if len(text) < _SURELY_FLAT and opened < MAX_DEPTH // 2:
        return None
    depth = 0
    loader = _Loader(text)
    try:
        while (event := loader.get_event()) is not None:
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                return int(event.start_mark.line) + 1
    finally:
        loader.dispose()
    return None


def _broken(file: str, error: yaml.YAMLError, data: bytes) -> Fault:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it is not YAML"
    line = mark.line + 1 if mark is not None else 1
    if getattr(error, "context", None) == "expected a single document in the stream":
        return Fault(file, line, "it holds several documents, where one is expected", "warning")
    if mark is None and isinstance(error, yaml.reader.ReaderError):
        line = _text(data).count("\n", 0, error.position) + 1
    if "cannot start any token" in problem and "\t" in _line(data, line):
        problem = "a tab cannot indent"
    # Of a Jinja template of YAML, nobody asks for a key.
    template = b"{%" in data or b"{{" in data
    return Fault(file, line, f"it is not YAML: {problem}", "warning" if template else "error")


def _line(data: bytes, number: int) -> str:
    lines = _text(data).splitlines()
    return lines[number - 1] if number <= len(lines) else ""


@dataclass
class _Reading:
    """What is read of one file, and what is wrong with it."""

    file: str
    faults: list[Fault] = field(default_factory=list)
    count: int = 0
    around: set[int] = field(default_factory=set)

    def node(self, found: Any) -> Node:  # noqa: ANN401 - PyYAML's nodes
        self.count += 1
        line = found.start_mark.line + 1
        if self.count > MAX_VALUES:
            if self.count == MAX_VALUES + 1:
                self._fault(found, f"it holds more than {MAX_VALUES:,} values")
            return Node(None, self.file, line)
        if isinstance(found, yaml.ScalarNode):
            return Node(self._scalar(found), self.file, line)
        if id(found) in self.around:
            self._fault(found, "an alias stands for what it is in")
            return Node(None, self.file, line)
        self.around.add(id(found))
        try:
            value = self._mapping(found) if isinstance(found, yaml.MappingNode) else self._sequence(found)
        finally:
            self.around.discard(id(found))
        return Node(value, self.file, line)

    def _sequence(self, found: Any) -> list[Node]:  # noqa: ANN401 - as above
        self._check_tag(found, "seq")
        return [self.node(inner) for inner in found.value]

    def _mapping(self, found: Any) -> dict[str, Node]:  # noqa: ANN401 - as above
        self._check_tag(found, "map")
        inherited: dict[str, Node] = {}
        own: dict[str, Node] = {}
        for key, value in found.value:
            if key.value == "<<" and key.tag == _PLAIN:
                inherited = {**self._inherited(value), **inherited}
                continue
            name = self._key(key)
            if name in own:
                self._fault(key, f"the key {name!r} is here twice; first in line {own[name].line}")
            # The line of a key is the one to look at; that of a mapping below it begins one later.
            own[name] = _at(self.node(value), key.start_mark.line + 1)
        return {**inherited, **own}

    def _inherited(self, found: Any) -> dict[str, Node]:  # noqa: ANN401 - as above
        sources: list[Any] = found.value if isinstance(found, yaml.SequenceNode) else [found]
        inherited: dict[str, Node] = {}
        for source in sources:
            value = self.node(source).value
            if isinstance(value, dict):
                inherited = {**value, **inherited}
            else:
                self._fault(source, "<< takes a mapping, or a list of them")
        return inherited

    def _key(self, found: Any) -> str:  # noqa: ANN401 - as above
        if isinstance(found, yaml.ScalarNode):
            return str(found.value)
        self._fault(found, "a key is a text")
        return ""

    def _scalar(self, found: Any) -> Scalar:  # noqa: ANN401 - as above
        if found.tag == _PLAIN:
            try:
                return scalar(found.value)
            except ValueError as error:
                self._fault(found, str(error))
                return None
        self._check_tag(found, "str")
        return str(found.value)

    def _check_tag(self, found: Any, expected: str) -> None:  # noqa: ANN401 - as above
        if found.tag not in (f"{_TAGS}{expected}", "!"):
            shown = found.tag.replace(_TAGS, "!!")
            self._fault(found, f"the tag {shown} has no meaning here", "warning")

    def _fault(self, found: Any, message: str, severity: Literal["error", "warning"] = "error") -> None:  # noqa: ANN401
        self.faults.append(Fault(self.file, found.start_mark.line + 1, message, severity))


def _at(node: Node, line: int) -> Node:
    return Node(node.value, node.file, line)
