"""Coming to rely on an object that is in the store already: its tombstone is taken away first."""

import secrets
from collections.abc import Iterable
from typing import Final

from airside.base.errors import RefusedError
from airside.delivery.collection.tombstones import HeldTombstone, read_tombstone
from airside.delivery.parallel import in_parallel
from airside.release.description import MAX_PACKED_DESCRIPTION_BYTES
from airside.release.keys import tombstone_key
from airside.release.manifest import MAX_MANIFEST_BYTES
from airside.release.pack import MAX_PACK_BYTES
from airside.store.port import Store

_TRIES: Final = 3
_LIMIT: Final = max(MAX_MANIFEST_BYTES, MAX_PACK_BYTES, MAX_PACKED_DESCRIPTION_BYTES)


def revive(store: Store, keys: Iterable[str]) -> None:
    """Return when none of the objects `keys`, which the caller found in the store, is about to be removed.

    Call it after an object was found and before anything that names it is written. One small read for each key, in
    parallel. Garbage collection cannot remove them for the 24 hours that follow. The caller has six hours
    (`airside.delivery.deadline`).

    Raises:
        RefusedError: One of them is being removed, or was a moment ago; the command may be run again.
        StoreUnavailableError: The store does not answer.
    """
    held = [tombstone for tombstone in in_parallel(lambda key: read_tombstone(store, key), keys) if tombstone]
    for tombstone in held:  # before any is changed, so that a refusal leaves all as they are
        _require_free(tombstone)
    for _ in in_parallel(lambda tombstone: _revive(store, tombstone), held):
        continue


def _require_free(held: HeldTombstone) -> None:
    if held.tombstone.state == "claimed":
        raise RefusedError(
            f"{held.tombstone.key} is being removed by garbage collection since {held.tombstone.at}",
            hint="Nothing was changed. Run the command again in a minute; if it lasts, run `airside gc`.",
        )


def _revive(store: Store, held: HeldTombstone) -> None:
    key = held.tombstone.key
    for _ in range(_TRIES):
        _require_free(held)
        if held.tombstone.state == "revived":
            return
        revived = held.tombstone.becomes("revived", secrets.token_hex(16))
        if store.replace(tombstone_key(key), revived.to_bytes(), held.revision) is not None:
            if held.tombstone.state == "removed":
                _require_there(store, key)
            return
        # Somebody else changed it: another writer that relies on it too, or the collector.
        if (now := read_tombstone(store, key)) is None:
            return
        held = now
    raise RefusedError(f"The tombstone of {key} changes all the time", hint="Run the command again in a minute.")


def _require_there(store: Store, key: str) -> None:
    """Look whether an object was written again since it was removed, or was seen before that."""
    if store.read(key, limit=_LIMIT) is None:
        raise RefusedError(
            f"{key} was removed by garbage collection a moment ago",
            hint="Nothing was changed. Run the command again; it writes what is missing.",
        )
