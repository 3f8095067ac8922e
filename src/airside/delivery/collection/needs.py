"""What a release is made of."""

from airside.base.digest import Digest
from airside.base.errors import IntegrityError
from airside.delivery.collection.references import PackName, named_packs
from airside.release.keys import description_key, pack_key, release_key, tree_key
from airside.release.manifest import MAX_MANIFEST_BYTES
from airside.release.record import Record
from airside.store.port import Found, Store


def objects_of(store: Store, record: Record) -> list[str]:
    """Return the keys of the release `record`, its description, the manifest of its tree, and the packs of that.

    Raises:
        IntegrityError: The manifest is missing or damaged.
        StoreUnavailableError: The store does not answer.
    """
    described = [description_key(record.description)] if record.description else []
    packs = (pack_key(pack.digest) for pack in read_packs(store, record.tree))
    return [release_key(record.id), *described, tree_key(record.tree), *packs]


def read_packs(store: Store, tree: Digest) -> tuple[PackName, ...]:
    """Return the packs that the manifest of `tree` names.

    Raises:
        IntegrityError: It is missing or damaged.
        StoreUnavailableError: The store does not answer.
    """
    found = store.read(tree_key(tree), limit=MAX_MANIFEST_BYTES)
    if not isinstance(found, Found):
        raise IntegrityError(f"The manifest of tree {tree} is missing")
    return named_packs(found.data, tree)
