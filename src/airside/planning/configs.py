"""What changes in the files of `configs`: key by key, where they are YAML or JSON."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import yaml

from airside.planning.masking import masked_value

MAX_CONFIG_BYTES: Final = 256 * 1024
"""Bytes of a file that is compared key by key; a larger one is only said to change."""

MAX_KEYS: Final = 2000
"""Values of a file that are compared; with aliases a small file can stand for billions."""

Contents = Mapping[str, tuple[bytes | None, bytes | None]]
"""The files of a move by path: the bytes as they are and as they will be; None where there is no such file."""

_SUFFIXES = (".yaml", ".yml", ".json")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class KeyChange:
    """A value of a config that differs.

    Attributes:
        key: The keys that lead to it, with dots and the positions in lists: ``tables.0.name``.
        before: As it is; None where it is not there. What looks like a secret is masked.
        after: As it will be, in the same way.
    """

    key: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class ConfigChange:
    """A file of `configs` that comes, goes or changes.

    Attributes:
        path: In the tree.
        sign: ``+`` comes, ``~`` changes, ``-`` goes.
        keys: What changes in it, in the order of the keys; empty where that cannot be told.
    """

    path: str
    sign: str
    keys: tuple[KeyChange, ...] = ()


def config_changes(contents: Contents, folder: str = "configs") -> tuple[ConfigChange, ...]:
    """Return what changes in the files below `folder`, by path."""
    pairs = [(path, *contents[path]) for path in sorted(contents) if path.startswith(f"{folder}/")]
    return tuple(_change(path, before, after) for path, before, after in pairs if before != after)


def _change(path: str, before: bytes | None, after: bytes | None) -> ConfigChange:
    if before is None or after is None:
        return ConfigChange(path, "+" if before is None else "-")
    old, new = _values(path, before), _values(path, after)
    if old is None or new is None:
        return ConfigChange(path, "~")
    keys = (key for key in sorted(old.keys() | new.keys()) if old.get(key) != new.get(key))
    return ConfigChange(path, "~", tuple(_key_change(key, old.get(key), new.get(key)) for key in keys))


def _key_change(key: str, before: str | None, after: str | None) -> KeyChange:
    return KeyChange(key, _masked(key, before), _masked(key, after))


def _masked(key: str, value: str | None) -> str | None:
    return None if value is None else masked_value(key, value)


def _values(path: str, data: bytes) -> dict[str, str] | None:
    """Return the values by key; None where the file cannot be compared so."""
    if not path.endswith(_SUFFIXES) or len(data) > MAX_CONFIG_BYTES:
        return None
    try:
        # The loader is a safe one; the C one is ten times as fast and reads the same.
        document = yaml.load(data, Loader=_LOADER)  # noqa: S506
        if isinstance(document, dict) and "sops" in document:
            return None
        values: dict[str, str] = {}
        for key, value in _leaves(document, ""):
            values[key] = value
            if len(values) > MAX_KEYS:
                return None
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        return None  # an invalid file is a finding of the check; here it is a file that changes
    return values


def _leaves(value: object, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _leaves(inner, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list) and value:
        for index, inner in enumerate(value):
            yield from _leaves(inner, f"{key}.{index}" if key else str(index))
    else:
        yield key, value if isinstance(value, str) else _scalar(value)


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)
