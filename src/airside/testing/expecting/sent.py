"""Comparing lists of what was sent: requests, mails, messages, events of assets, triggered runs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from airside.testing.expecting.comparing import LIKE, differences, is_same
from airside.testing.expecting.mismatch import NOTHING, Mismatch, Words, below
from airside.testing.expecting.sent_expected import Entry, SentExpected

Sent = Mapping[str, Any]
"""One thing that was sent, by the keys of its `Entry`."""


def sent_faults(expected: SentExpected[Any], came: Sequence[Sent], path: str) -> Iterator[Mismatch]:
    """Yield how `came`, in order, is not what was expected."""
    if expected.count is not None and len(came) != expected.count:
        yield Mismatch(below(path, "count"), expected.count, len(came), _lines(came))
    if expected.all is not None:
        yield from each_faults(expected.all, came, path)
    yield from _some(expected.some, came, below(path, "some"))


def each_faults(expected: Sequence[Entry], came: Sequence[Sent], path: str) -> Iterator[Mismatch]:
    """Yield how the entries differ, one by one, in the keys that are expected."""
    if len(expected) != len(came):
        yield Mismatch(path, Words(f"{len(expected)} of them"), Words(f"{len(came)}"), _lines(came))
        return
    for index, (one, other) in enumerate(zip(expected, came, strict=True)):
        yield from differences(one.said(), other, below(path, index), LIKE)


def _some(expected: Sequence[Entry], came: Sequence[Sent], path: str) -> Iterator[Mismatch]:
    left = list(came)
    for index, one in enumerate(expected):
        found = next((entry for entry in left if is_same(one.said(), entry, LIKE)), None)
        if found is None:
            yield Mismatch(below(path, index), one.said(), NOTHING, _lines(came))
        else:
            left.remove(found)


def _lines(came: Sequence[Sent]) -> tuple[str, ...]:
    return tuple(f"[{index}] {_line(entry)}" for index, entry in enumerate(came))


def _line(entry: Sent) -> str:
    return ", ".join(f"{key}: {value}" for key, value in entry.items() if value not in (None, NOTHING, "", {}, []))
