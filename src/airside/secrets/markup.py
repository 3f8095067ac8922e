"""YAML and JSON as the `sops` program reads them, within limits, and with messages that never quote what they hold."""

import json
import re
from math import isinf
from typing import Any, Final

import yaml

from airside.base.errors import FindingsError
from airside.secrets.scalars import resolve, tidy

MAX_BYTES: Final = 8 * 1024 * 1024
"""The largest document."""

MAX_DEPTH: Final = 64
"""How deep mappings and lists may be nested."""

MAX_NODES: Final = 200_000
"""How many keys and values there may be, those of aliases counted wherever they are used."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONFLICT = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)
_CORE = "tag:yaml.org,2002:"
_TAGS = {dict: f"{_CORE}map", list: f"{_CORE}seq"}
_TEXT_TAGS = frozenset({"!", f"{_CORE}str", f"{_CORE}merge"})
"""Sops writes a merge key as `!!merge`, and a mapping below it; it means nothing more to it."""

_SCALAR_TAGS = _TEXT_TAGS | {None, *(f"{_CORE}{kind}" for kind in ("int", "float", "bool", "null", "timestamp"))}
"""Sops writes `!!float` before a whole number that was a float."""

_TOO_DEEP = f"is nested deeper than {MAX_DEPTH}"
_TOO_MANY = f"has more than {MAX_NODES} keys and values"

HINT: Final = "Take it back from git, or correct it: airside secrets edit"


class _Fault(Exception):  # noqa: N818 - the caller makes an error of it
    """What is wrong with a document, in words that quote nothing of it."""


def load_markup(data: bytes, *, what: str) -> dict[str, Any]:
    """Return the mapping that the YAML or JSON `data` of the file `what` holds; an empty document is an empty mapping.

    Mappings, lists, texts, numbers, booleans and None; the order of keys is kept. An alias is what it stands for, and
    ``<<`` is a key like another, as for sops.

    Raises:
        FindingsError: It is not a document, too large, too deep, or has a key twice. Nothing of it is in the message.
    """
    try:
        return _load(data)
    except _Fault as fault:
        message = str(fault)
    raise FindingsError(f"{what} {message}", hint=HINT)


def _load(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise _Fault(f"is larger than {MAX_BYTES // 1024 // 1024} MiB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _Fault("is not UTF-8") from None
    try:
        found = _of_json(text) if text.lstrip()[:1] == "{" else _Document().read(text)
    except _Fault:
        if _CONFLICT.search(text):
            raise _Fault("has the marks of a merge conflict") from None
        raise
    if not isinstance(found, dict):
        raise _Fault("is not a mapping")
    return found


def _of_json(text: str) -> object:
    try:
        found = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_int=_whole, parse_float=_float
        )
    except RecursionError:
        raise _Fault(_TOO_DEEP) from None
    except ValueError:
        return _Document().read(text)  # YAML may begin with a brace too
    _require_limits(found)
    return found


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise _Fault(f"has the key {next(name for name in names if names.count(name) > 1)!r} twice")
    return found


def _no_constant(_: str) -> object:
    raise ValueError  # NaN and Infinity are no JSON


def _whole(digits: str) -> int | float:
    """Return a number as sops holds it: a whole one has 64 bits."""
    if len(digits) <= len(str(-(2**63))) and -(2**63) <= (number := int(digits)) < 2**63:
        return number
    return _float(digits)


def _float(digits: str) -> int | float:
    if isinf(number := float(digits)):
        raise _Fault("has a number that is too large")
    return tidy(number)


def _require_limits(found: object) -> None:
    """Refuse what is too deep, too much, or holds half a surrogate pair, which is no Unicode."""
    left, nodes = [(found, 1)], 0
    while left:
        node, depth = left.pop()
        nodes += 1
        if depth > MAX_DEPTH:
            raise _Fault(_TOO_DEEP)
        if nodes > MAX_NODES:
            raise _Fault(_TOO_MANY)
        if isinstance(node, dict):
            left += [(part, depth + 1) for part in (*node, *node.values())]
        elif isinstance(node, list):
            left += [(part, depth + 1) for part in node]
        elif isinstance(node, str) and not node.isascii():
            _require_unicode(node)


def _require_unicode(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _Fault("is not valid Unicode") from None


class _Open:
    """A mapping or list that is being read.

    Attributes:
        value: What it holds so far.
        key: Of a mapping, the key that waits for its value.
        anchor: What aliases call it.
        before: How many nodes there were when it began.
    """

    __slots__ = ("anchor", "before", "key", "value")

    def __init__(self, value: dict[str, Any] | list[Any], anchor: str | None, before: int) -> None:
        self.value = value
        self.key: str | None = None
        self.anchor = anchor
        self.before = before


class _Document:
    """Reads events without recursion: the depth of a text is its writer's choice, and that of a stack is not ours."""

    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._anchored: dict[str, tuple[object, int]] = {}
        self._nodes = 0
        self._root: object = None
        self._documents = 0

    def read(self, text: str) -> object:
        """Return the only document of `text`; an empty mapping where there is none."""
        try:
            for event in yaml.parse(text, Loader=_LOADER):
                self._take(event)
        except yaml.MarkedYAMLError as error:
            line = f" (line {error.problem_mark.line + 1})" if error.problem_mark else ""
            raise _Fault(f"is not valid YAML{line}") from None
        except (yaml.YAMLError, ValueError):
            raise _Fault("is not valid YAML") from None
        return {} if self._root is None else self._root

    def _take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.MappingStartEvent):
            self._begin({}, event)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._begin([], event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise _Fault("holds more than one document")

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        if event.tag not in _SCALAR_TAGS:
            raise _Fault(_tagged(event))
        is_text = event.tag in _TEXT_TAGS or (event.tag is None and not event.implicit[0])
        value = event.value if is_text else resolve(event.value)
        self._count(1)
        if event.anchor is not None:
            self._anchored[event.anchor] = (value, 1)
        self._place(value, event)

    def _begin(self, value: dict[str, Any] | list[Any], event: yaml.CollectionStartEvent) -> None:
        if event.tag not in {None, "!", _TAGS[type(value)]}:
            raise _Fault(_tagged(event))
        if len(self._open) >= MAX_DEPTH:
            raise _Fault(_TOO_DEEP)
        self._open.append(_Open(value, event.anchor, self._nodes))
        self._count(1)

    def _end(self) -> None:
        ended = self._open.pop()
        if ended.anchor is not None:
            self._anchored[ended.anchor] = (ended.value, self._nodes - ended.before)
        self._place(ended.value, None)

    def _alias(self, event: yaml.AliasEvent) -> None:
        if event.anchor not in self._anchored:
            raise _Fault(f"has an alias of something that is not written before it{_line(event)}")
        value, nodes = self._anchored[event.anchor]
        self._count(nodes)
        self._place(value, event)

    def _count(self, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            raise _Fault(_TOO_MANY)

    def _place(self, value: object, event: yaml.Event | None) -> None:
        if not self._open:
            self._root = value
            return
        holder = self._open[-1]
        if isinstance(holder.value, list):
            holder.value.append(value)
        elif holder.key is not None:
            holder.value[holder.key] = value
            holder.key = None
        elif not isinstance(value, str) or (isinstance(event, yaml.ScalarEvent) and value != event.value):
            # Neither is a date text, which sops takes for a time.
            raise _Fault(f"has a name that is not text; put it in quotes{_line(event)}")
        elif value in holder.value:
            raise _Fault(f"has the key {value!r} twice{_line(event)}")
        else:
            holder.key = value


def _tagged(event: yaml.Event) -> str:
    return f"has a tag, which a document of secrets cannot have{_line(event)}"


def _line(event: yaml.Event | None) -> str:
    mark = event.start_mark if event is not None else None
    return f" (line {mark.line + 1})" if mark is not None else ""
