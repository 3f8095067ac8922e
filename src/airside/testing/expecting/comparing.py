"""Comparing values that have others in them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from airside.testing.expecting.equality import equal
from airside.testing.expecting.mismatch import NOTHING, Mismatch, Words, below
from airside.testing.expecting.patterns import fits, is_pattern
from airside.testing.expecting.plain import plain


@dataclass(frozen=True, slots=True)
class Way:
    """How strictly two values are compared.

    Attributes:
        leaves: Whether two values without others in them are the same.
        all_keys: Whether a mapping may have no keys beside those that are expected.
    """

    leaves: Callable[[Any, Any], bool]
    all_keys: bool


def _like(expected: Any, came: Any) -> bool:
    if isinstance(expected, str) and is_pattern(expected):
        return fits(expected, came if isinstance(came, str) else _text(came))
    return equal(expected, came) or (isinstance(expected, str) and isinstance(came, str) and fits(expected, came))


def _text(came: Any) -> str:
    return bytes(came).decode(errors="replace") if isinstance(came, (bytes, bytearray)) else str(came)


EXACTLY = Way(equal, all_keys=True)
LIKE = Way(_like, all_keys=False)
"""As `output_has` does: some keys of mappings, and patterns."""


def differences(expected: Any, came: Any, path: str, way: Way = EXACTLY) -> Iterator[Mismatch]:
    """Yield where `came` differs from `expected`, the innermost places; `path` is that of the whole."""
    if came is NOTHING:
        yield Mismatch(path, expected, NOTHING)
        return
    came = plain(came)
    if isinstance(expected, dict) and isinstance(came, dict):
        yield from _of_mappings(expected, came, path, way)
    elif isinstance(expected, (list, tuple)) and isinstance(came, list):
        yield from _of_lists(list(expected), came, path, way)
    elif isinstance(expected, (dict, list, tuple)) or not way.leaves(expected, came):
        yield Mismatch(path, expected, came)


def is_same(expected: Any, came: Any, way: Way = EXACTLY) -> bool:
    """Whether nothing differs."""
    return next(differences(expected, came, "", way), None) is None


def _of_mappings(expected: dict[str, Any], came: dict[str, Any], path: str, way: Way) -> Iterator[Mismatch]:
    for key, value in expected.items():
        if key in came:
            yield from differences(value, came[key], below(path, key), way)
        else:
            yield Mismatch(below(path, key), value, NOTHING)
    if way.all_keys:
        for key in came.keys() - expected.keys():
            yield Mismatch(below(path, key), NOTHING, came[key])


def _of_lists(expected: list[Any], came: list[Any], path: str, way: Way) -> Iterator[Mismatch]:
    if len(expected) != len(came):
        yield Mismatch(path, Words(f"{_count(expected)}: {expected!r}"), Words(f"{_count(came)}: {came!r}"))
        return
    for index, (one, other) in enumerate(zip(expected, came, strict=True)):
        yield from differences(one, other, below(path, index), way)


def _count(values: list[Any]) -> str:
    return "1 value" if len(values) == 1 else f"{len(values)} values"
