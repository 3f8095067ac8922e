"""What can be told of encrypted documents without a key: whether all is encrypted, and which names differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from airside.base.errors import FindingsError
from airside.secrets.markup import load_markup
from airside.secrets.outline import read_outline

_SHOWN: Final = 5
_PUBLIC = "git does not forget what was committed in clear: whatever was, has to be replaced where it is used"

Entries = Mapping[tuple[str, str], Any]
"""Encrypted values by section and name."""


@dataclass(frozen=True, slots=True)
class NameChanges:
    """What two sets of documents differ in, by name, such as ``connections.dwh``.

    A value that was encrypted anew counts as changed.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


def require_sealed(data: bytes, *, what: str) -> None:
    """Refuse a document that SOPS has not encrypted as a whole. Whether its checksum holds takes a key: readers look.

    Args:
        data: The document.
        what: Its path, for messages.

    Raises:
        FindingsError: It has marks of a merge, is no document of SOPS, holds a value in clear, or has a key twice, of
            which only the last would be looked at.
    """
    outline = read_outline(data, what=what)
    load_markup(data, what=what)
    if outline.metadata is None or not outline.metadata.get("mac"):
        raise FindingsError(f"{what} is not encrypted by SOPS", hint=f"airside secrets edit does that; {_PUBLIC}")
    if outline.unknown:
        raise FindingsError(
            f"{what}: unknown {_listed(outline.unknown)}; a document has connections and variables",
            hint="Correct it: airside secrets edit",
        )
    if clear := tuple(outline.in_clear()):
        raise FindingsError(
            f"{what} holds values in clear: {_listed(clear)}", hint=f"Set them with airside secrets set; {_PUBLIC}"
        )


def name_changes(before: Mapping[str, bytes] | None, after: Mapping[str, bytes]) -> NameChanges:
    """Return which names come, change and go.

    Args:
        before: Encrypted documents by path; None where there were none.
        after: Those that take their place.

    Raises:
        FindingsError: One of them is no document.
    """
    old, new = merged_entries(before or {}), merged_entries(after)
    return NameChanges(
        added=_names(new.keys() - old.keys()),
        changed=_names({name for name in new.keys() & old.keys() if new[name] != old[name]}),
        removed=_names(old.keys() - new.keys()),
    )


def merged_entries(documents: Mapping[str, bytes]) -> Entries:
    """Return what an environment with `documents` has: a name of its own document hides that of ``base.yaml``.

    Raises:
        FindingsError: One of them is no document.
    """
    found: dict[tuple[str, str], Any] = {}
    for path in sorted(documents, key=lambda path: not path.endswith("/base.yaml")):
        found |= read_outline(documents[path], what=path).entries
    return found


def _names(found: set[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(sorted(".".join(name) for name in found))


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(names[:_SHOWN])}{more}"
