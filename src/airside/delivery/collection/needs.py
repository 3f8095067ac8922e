"""What a release is made of."""

from airside.base.digest import Digest
from airside.base.errors import IntegrityError
from airside.delivery.collection.references import PackName, named_packs
from airside.delivery.environments import read_record
from airside.release.keys import description_key, pack_key, release_key, tree_key
from airside.release.manifest import MAX_MANIFEST_BYTES
from airside.store.port import Found, Store


def objects_of(store: Store, release: str, tree: Digest) -> list[str]:
    """Return the keys of the record of `release`, its description, the manifest of its tree, and the packs of that.

    Raises:
        IntegrityError: The record or the manifest is missing or damaged.
        RefusedError: Garbage collection removed the release.
        StoreUnavailableError: The store does not answer.
    """
    described = read_record(store, release).description
    named = [release_key(release), *([description_key(described)] if described else []), tree_key(tree)]
    return [*named, *(pack_key(pack.digest) for pack in read_packs(store, tree))]


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
