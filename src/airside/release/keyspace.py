"""From the key of an object in a store to what it is: the inverse of `airside.release.keys`."""

import re
from enum import Enum
from typing import Final

from airside.base.digest import Digest
from airside.base.names import is_channel, is_environment_name
from airside.release.keys import (
    CLOCK,
    DESCRIPTIONS,
    ENVIRONMENTS,
    FORMAT_KEY,
    GC,
    HISTORY,
    PACKS,
    PROBE,
    RELEASES,
    REMOVED,
    SILENCES,
    TREES,
)

_DIGEST = r"sha256-[0-9a-f]{64}"
_RELEASE = r"[0-9]{8}-[0-9]{6}-[0-9a-f]{8}"
_ENTRY = re.compile(rf"{HISTORY}(.+)/([0-9]{{20}})\.json")
_TREE = re.compile(rf"{TREES}({_DIGEST})\.json")
_PACK = re.compile(rf"{PACKS}({_DIGEST})")
_DESCRIPTION = re.compile(rf"{DESCRIPTIONS}({_DIGEST})")
_RECORD = re.compile(rf"{RELEASES}({_RELEASE})\.json")
_SIGNATURE = re.compile(rf"signatures/({_RELEASE})/[^/]+\.json")
_REMOVED = re.compile(rf"{REMOVED}({_RELEASE})\.json")
_SILENCE = re.compile(rf"{SILENCES}([0-9]{{8}}-[0-9]{{6}}-[0-9a-f]{{8}})(/ended)?\.json")
_ENVIRONMENT = re.compile(rf"{ENVIRONMENTS}(.+)\.json")


class Kind(Enum):
    """What an object is."""

    FORMAT = "format"
    PACK = "pack"
    TREE = "manifest"
    DESCRIPTION = "description"
    RELEASE = "record"
    SIGNATURE = "signature"
    ENVIRONMENT = "pointer"
    HISTORY = "history entry"
    TOMBSTONE = "tombstone"
    REMOVED = "note of a removal"
    SILENCE = "silence"
    PASSING = "passing object"


_CONTENT: Final = {Kind.PACK: _PACK, Kind.TREE: _TREE, Kind.DESCRIPTION: _DESCRIPTION, Kind.RELEASE: _RECORD}


def kind_of(key: str) -> Kind | None:
    """Return what the object `key` is; None where no part of the format has such a key."""
    signs: tuple[tuple[Kind, object], ...] = (
        (Kind.FORMAT, key == FORMAT_KEY),
        (Kind.ENVIRONMENT, environment_of(key)),
        (Kind.HISTORY, entry_of(key)),
        (Kind.SIGNATURE, _SIGNATURE.fullmatch(key)),
        (Kind.REMOVED, _REMOVED.fullmatch(key)),
        (Kind.SILENCE, silence_of(key)),
        (Kind.PASSING, key.startswith((PROBE, CLOCK))),
        (Kind.TOMBSTONE, key.startswith(GC) and content_kind(key.removeprefix(GC))),
    )
    return content_kind(key) or next((kind for kind, sign in signs if sign), None)


def content_kind(key: str) -> Kind | None:
    """Return what the object `key` is, if it is a pack, a manifest, a description or a record: what has tombstones."""
    return next((kind for kind, pattern in _CONTENT.items() if pattern.fullmatch(key)), None)


def pack_of(key: str) -> Digest | None:
    """Return the digest of the pack with this key; None where it is no pack's."""
    return Digest.parse(found[1]) if (found := _PACK.fullmatch(key)) else None


def tree_of(key: str) -> Digest | None:
    """Return the tree whose manifest has this key; None where it is no manifest's."""
    return Digest.parse(found[1]) if (found := _TREE.fullmatch(key)) else None


def description_of(key: str) -> Digest | None:
    """Return the digest of the description with this key; None where it is no description's."""
    return Digest.parse(found[1]) if (found := _DESCRIPTION.fullmatch(key)) else None


def release_of(key: str) -> str | None:
    """Return the id of the release that a record, a signature or a note of a removal with this key is about."""
    found = _RECORD.fullmatch(key) or _SIGNATURE.fullmatch(key) or _REMOVED.fullmatch(key)
    return found[1] if found else None


def silence_of(key: str) -> str | None:
    """Return the id of the silence that this key, or that of the note of its end, is about; None where it is none's."""
    return found[1] if (found := _SILENCE.fullmatch(key)) else None


def environment_of(key: str) -> str | None:
    """Return the environment or channel whose pointer has this key; None where it is no pointer's."""
    found = _ENVIRONMENT.fullmatch(key)
    return found[1] if found and _is_pointed(found[1]) else None


def entry_of(key: str) -> tuple[str, int] | None:
    """Return the environment or channel, and the generation, of this key of a history entry; None if it is none."""
    found = _ENTRY.fullmatch(key)
    return (found[1], int(found[2])) if found and _is_pointed(found[1]) else None


def _is_pointed(name: str) -> bool:
    return is_environment_name(name) or is_channel(name)
