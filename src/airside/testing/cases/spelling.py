"""Writing YAML that is read as it was meant."""

import sys
from typing import Any, Final

import yaml

from airside.config.scalars import scalar

_BREAKS: Final = "\r\x85\u2028\u2029"
"""Ends of lines of YAML 1.1, which would be other ones when they are read."""


class _Dumper(yaml.SafeDumper):
    """Quotes each text that a file of cases would read as something else, and each that YAML 1.1 would."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        """Write what is there twice twice: anchors are for programs."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=_style(text))


def _style(text: str) -> str | None:
    if any(sign in text for sign in _BREAKS):
        return '"'
    if "\n" in text:
        return "|"
    return None if _is_itself(text) else "'"


def _is_itself(text: str) -> bool:
    try:
        return scalar(text) == text
    except ValueError:
        return False


_Dumper.add_representer(str, _text)


def entry(key: str, value: Any, indent: int = 0) -> str:
    """Return the lines of a key and its value.

    Mappings and lists are in brackets where there are only plain values in them.

    Args:
        key: Of a mapping.
        value: Mappings, lists, texts, numbers, booleans, None.
        indent: Spaces before each line.
    """
    pad = " " * indent
    lines = _dumped(value, 108 - indent).split("\n")
    name = _dumped(key, sys.maxsize)
    if len(lines) == 1 and (not isinstance(value, (dict, list)) or lines[0][0] in "{["):
        return f"{pad}{name}: {lines[0]}\n"
    return "\n".join([f"{pad}{name}:", *(f"{pad}  {line}" if line.strip() else "" for line in lines)]) + "\n"


def comment(text: str, indent: int = 0) -> str:
    """Return a line of comment; what would end it, or cannot be printed, is left out."""
    return f"{' ' * indent}# {''.join(sign for sign in text if sign.isprintable())}\n"


def _dumped(value: Any, width: int) -> str:
    text: str = yaml.dump(
        value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=width, default_flow_style=None
    )
    return text.removesuffix("...\n").removesuffix("\n")
