"""Values on their way between the process of a test and that of a run.

Most are plain: texts, numbers, lists and mappings of them. Anything else goes pickled, each value for itself, so that
one that cannot be unpickled at the other end is still shown, and all else arrives.
"""

import dataclasses
import pickle
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import PurePath
from types import NoneType
from typing import Any, Final
from uuid import UUID

from airside.testing import given, outcome

_PLAIN: Final = frozenset({
    NoneType, bool, int, float, complex, str, bytes, date, time, timedelta, Decimal, UUID,
})  # fmt: skip
_OURS: Final = tuple(
    kind
    for module in (given, outcome)
    for kind in vars(module).values()
    if isinstance(kind, type) and dataclasses.is_dataclass(kind)
)


@dataclass(frozen=True, slots=True)
class Foreign:
    """Stands for a value that this process cannot have: its class is known to the workflow only.

    Attributes:
        type: The name of its class, with its module.
        text: Its `repr`.
    """

    type: str
    text: str

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class _Packed:
    stands_for: Foreign
    pickled: bytes


def pack(value: Any) -> Any:
    """Return the value, in which all that is not plain can travel."""
    kind = type(value)
    if kind in _PLAIN or (kind is datetime and _is_plain_zone(value.tzinfo)):
        return value
    if kind is dict:
        return {pack(key): pack(item) for key, item in value.items()}
    if kind in {list, tuple}:
        return kind(map(pack, value))
    if kind in {set, frozenset}:
        return kind(map(pack, value))
    if isinstance(value, _OURS):
        return dataclasses.replace(value, **{name: pack(item) for name, item in _fields(value).items()})
    return _pickled(value)


def unpack(value: Any) -> Any:
    """Return what was packed."""
    kind = type(value)
    if kind is dict:
        return {unpack(key): unpack(item) for key, item in value.items()}
    if kind in {list, tuple, set, frozenset}:
        return kind(map(unpack, value))
    if kind is _Packed:
        return _unpickled(value)
    if isinstance(value, _OURS):
        return dataclasses.replace(value, **{name: unpack(item) for name, item in _fields(value).items()})
    return value


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}


def _is_plain_zone(zone: object) -> bool:
    return zone is None or type(zone).__module__ in {"datetime", "zoneinfo"}


def _pickled(value: object) -> object:
    kind = type(value)
    foreign = Foreign(f"{kind.__module__}.{kind.__qualname__}", _text(value))
    if isinstance(value, PurePath):
        # Another version of Python may have other classes of paths; every version has these names.
        foreign = Foreign("pathlib.Path", str(value))
    try:
        return _Packed(foreign, pickle.dumps(value))
    except Exception:  # noqa: BLE001 - any class may refuse in its own way
        return foreign


def _unpickled(packed: _Packed) -> object:
    try:
        return pickle.loads(packed.pickled)  # noqa: S301 - of the author's own workflow
    except Exception:  # noqa: BLE001 - a class that is not there, and whatever its own code raises
        return packed.stands_for


def _text(value: object) -> str:
    try:
        return repr(value)
    except Exception as error:  # noqa: BLE001 - the author's code
        return f"<{type(value).__name__}, whose repr raises {type(error).__name__}>"
