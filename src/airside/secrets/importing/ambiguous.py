"""Words of YAML without quotes that tools read differently: dates, and numbers that begin with 0."""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from airside.base.errors import FindingsError

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_AMBIGUOUS = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?|[-+]?0[0-9_]+")
_SECTIONS = ("connections", "variables")


def refuse_ambiguous(text: str) -> None:
    """Refuse YAML whose connections or variables would have another value than the tool that owns the file sees.

    Args:
        text: The whole file; where it has no such sections, all of it counts.

    Raises:
        FindingsError: With the lines, and without a value.
    """
    document = yaml.compose(text, Loader=_LOADER)
    lines = sorted({node.start_mark.line + 1 for part in _parts(document) for node in _plain(part)})
    if lines:
        raise FindingsError(
            f"line {', '.join(map(str, lines))}: a date, or a number that begins with 0, is read differently by other "
            "programs; put it in quotes"
        )


def _parts(document: Any) -> list[Any]:  # noqa: ANN401 - PyYAML's nodes
    airflow = _child(document, "airflow")
    sections = [_child(airflow or document, name) for name in _SECTIONS]
    return [section for section in sections if section is not None] or [document]


def _child(node: Any, name: str) -> Any:  # noqa: ANN401 - as above
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for key, value in node.value if key.value == name), None)


def _plain(root: Any) -> Iterator[Any]:  # noqa: ANN401 - as above
    left = [root]
    while left:
        node = left.pop()
        if isinstance(node, yaml.ScalarNode):
            if not node.style and _AMBIGUOUS.fullmatch(node.value):  # the style of a plain word is empty, or None
                yield node
        elif isinstance(node, yaml.MappingNode):
            left += [value for _, value in node.value]
        else:
            left += node.value
