"""Changes in the decrypted text of a document: the lines of an entry are replaced, all others stay, comments too.

Reading and writing again all of a large document with its comments takes seconds; finding lines takes a twentieth.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import yaml

from airside.base.errors import FindingsError


class Removed:
    """Takes an entry out."""


REMOVED: Final = Removed()
Changes = Mapping[str, Any]
"""For each key its new value, `REMOVED`, or the changes of the mapping that it holds, as `Within`."""

if TYPE_CHECKING:

    class Loader(yaml.SafeLoader):
        """The fast one of libyaml, where PyYAML was built with it."""
else:
    Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_LINE = re.compile("[^\n\r\x85\u2028\u2029]*(?:\r\n|[\n\r\x85\u2028\u2029])")
"""Lines as the marks of PyYAML count them (YAML 1.1)."""
# JSON leaves these as they are, and in YAML they would end a line or are not allowed.
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Within:
    """Changes of what a key holds, a mapping; it is made where it is missing."""

    changes: Changes


@dataclass(frozen=True, slots=True)
class _Edit:
    """Lines `first` to `end` (not included) become `lines`."""

    first: int
    end: int
    lines: tuple[str, ...] = ()


def change(text: str, changes: Changes) -> str:
    """Return the YAML `text`, a mapping in block style as sops prints it, with `changes`.

    Raises:
        FindingsError: It is not valid YAML.
    """
    try:
        root = yaml.compose(text, Loader=Loader)
    except yaml.YAMLError:
        raise FindingsError("The document is not valid YAML") from None
    lines = _LINE.findall(text if text.endswith("\n") else f"{text}\n")
    if not isinstance(root, yaml.MappingNode) or root.flow_style or not root.value:
        head = [line for line in lines if line.startswith("#")]
        return "".join([*head, *(_line("", key, value) for key, value in _plain({}, changes).items())])
    # From the last line to the first. At one line what is further out comes later in the text, and was found later.
    edits = sorted(_edits(root, changes, lines), key=lambda edit: (edit.first, edit.end))
    for edit in edits[::-1]:
        lines[edit.first : edit.end] = edit.lines
    return "".join(lines)


def _edits(node: yaml.MappingNode, changes: Changes, lines: list[str]) -> list[_Edit]:
    entries = {key.value: (key, value) for key, value in node.value}
    indent = " " * node.start_mark.column
    edits: list[_Edit] = []
    new: list[str] = []
    for name, wanted in changes.items():
        if name not in entries:
            new += [] if wanted is REMOVED else [_line(indent, name, _value(None, wanted))]
            continue
        key, value = entries[name]
        if isinstance(wanted, Within) and isinstance(value, yaml.MappingNode) and value.value and not value.flow_style:
            edits += _edits(value, wanted.changes, lines)
            continue
        before = _construct(value)
        after = _value(before, wanted)
        # `True` equals 1, so the texts are compared.
        if repr(before) != repr(after):
            replaced = () if wanted is REMOVED else (_line(indent, name, after),)
            edits.append(_Edit(key.start_mark.line, _end(key, value, lines), replaced))
    if new:
        end = _last(node, lines)
        edits.append(_Edit(end, end, tuple(new)))
    return edits


def _end(key: yaml.Node, value: yaml.Node, lines: list[str]) -> int:
    """Return the line after the last one of an entry."""
    if isinstance(value, yaml.MappingNode) and value.value and not value.flow_style:
        return _last(value, lines)
    if isinstance(value, yaml.SequenceNode) and value.value and not value.flow_style:
        return _end(key, value.value[-1], lines)
    if not isinstance(value, yaml.ScalarNode) or value.style not in ("|", ">"):
        return int(value.end_mark.line) + 1
    # The mark at the end of a block of text is where the next token begins, after blank lines and comments.
    end = int(value.start_mark.line) + 1
    depth = _depth(lines[key.start_mark.line])
    while end < len(lines) and (not lines[end].strip() or _depth(lines[end]) > depth):
        end += 1
    return end


def _last(node: yaml.MappingNode, lines: list[str]) -> int:
    key, value = node.value[-1]
    return _end(key, value, lines)


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _construct(node: yaml.Node) -> Any:  # noqa: ANN401 - whatever the YAML holds
    loader = Loader("")
    try:
        return loader.construct_object(node, deep=True)
    finally:
        loader.dispose()


def _value(before: Any, wanted: Any) -> Any:  # noqa: ANN401
    if not isinstance(wanted, Within):
        return wanted
    return _plain(before if isinstance(before, dict) else {}, wanted.changes)


def _plain(before: Mapping[str, Any], changes: Changes) -> dict[str, Any]:
    after = dict(before)
    for name, wanted in changes.items():
        if wanted is REMOVED:
            after.pop(name, None)
        else:
            after[name] = _value(after.get(name), wanted)
    return after


def _line(indent: str, key: str, value: object) -> str:
    return f"{indent}{_json(key)}: {_json(value)}\n"


def _json(value: object) -> str:
    # One line of JSON is YAML too; sops prints it as a block afterwards.
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode()
    except ValueError:
        raise FindingsError("A value cannot be written as YAML: it holds half a character, NaN or infinity") from None
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
