"""What differs between the secrets of two places, by name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from airside.secrets.outline import SECTIONS

Entries = Mapping[tuple[str, str], Any]
"""The values, or the ciphertexts, of each section and name."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One name that is not the same on both sides.

    Attributes:
        name: `connections.<id>` or `variables.<key>`.
        action: What happened to it.
        fields: The fields of a connection that were added, removed or changed.
        before: Its value, or ciphertext, before; None where it was not there.
        after: The same, after.
    """

    name: str
    action: Literal["added", "removed", "changed"]
    fields: tuple[str, ...] = ()
    before: Any = field(default=None, repr=False)
    after: Any = field(default=None, repr=False)


def differences(before: Entries, after: Entries) -> Iterator[Difference]:
    """Yield what differs, in the order of `after` and then what only `before` has."""
    for key in dict.fromkeys((*after, *before)):
        name = ".".join(key)
        if key not in before:
            yield Difference(name, "added", after=after[key])
        elif key not in after:
            yield Difference(name, "removed", before=before[key])
        elif not _same(before[key], after[key]):
            fields = _fields(before[key], after[key])
            yield Difference(name, "changed", fields, before[key], after[key])


def entries_of(document: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    """Return the entries of a decrypted document."""
    found = ((section, document.get(section) or {}) for section in SECTIONS)
    return {(section, str(name)): value for section, names in found for name, value in names.items()}


def _same(one: object, other: object) -> bool:
    return type(one) is type(other) and one == other


def _fields(before: object, after: object) -> tuple[str, ...]:
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        return ()
    keys = dict.fromkeys((*after, *before))
    return tuple(str(key) for key in keys if not _same(before.get(key), after.get(key)))
