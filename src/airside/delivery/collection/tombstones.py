"""Reading tombstones."""

from dataclasses import dataclass

from airside.release.keys import tombstone_key
from airside.release.tombstone import MAX_TOMBSTONE_BYTES, Tombstone, parse_tombstone
from airside.store.port import Found, Revision, Store


@dataclass(frozen=True, slots=True)
class HeldTombstone:
    """A tombstone, and the revision to compare with when it is changed."""

    tombstone: Tombstone
    revision: Revision


def read_tombstone(store: Store, key: str) -> HeldTombstone | None:
    """Return the tombstone of the object `key`; None where it has none.

    Raises:
        IntegrityError: It is damaged.
        StoreUnavailableError: The store does not answer.
    """
    found = store.read(tombstone_key(key), limit=MAX_TOMBSTONE_BYTES)
    if not isinstance(found, Found):
        return None
    return HeldTombstone(parse_tombstone(found.data, key), found.revision)
