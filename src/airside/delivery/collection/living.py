"""Which objects of a store are alive, and why: from the roots to everything that they need."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from airside.base.digest import Digest
from airside.base.errors import IntegrityError, RefusedError
from airside.delivery.collection.inventory import Inventory
from airside.delivery.collection.needs import read_packs
from airside.delivery.collection.roots import Roots
from airside.delivery.environments import read_record
from airside.delivery.parallel import LARGE_REQUESTS, in_parallel
from airside.release.keys import description_key, pack_key, release_key, tree_key
from airside.release.keyspace import Kind, release_of, tree_of
from airside.release.record import Record
from airside.store.port import Store

YOUNG = "young: a writer may be about to name it"


@dataclass(frozen=True, slots=True)
class Living:
    """What stays.

    Attributes:
        reasons: Why each object that is alive stays, by key.
        packs_unclear: Why it is not known which packs are needed, so that none may be removed; None where it is.
        descriptions_unclear: The same of descriptions.
    """

    reasons: Mapping[str, str]
    packs_unclear: str | None = None
    descriptions_unclear: str | None = None


def find_living(store: Store, inventory: Inventory, roots: Roots, *, young_since: datetime) -> Living:
    """Return what stays: what the roots need, what was written since `young_since`, and what that needs.

    Raises:
        IntegrityError: A record that was written lately is damaged, so it is not known what it needs.
        StoreUnavailableError: The store does not answer.
    """
    reasons = {found.key: YOUNG for found in inventory.objects.values() if found.modified > young_since}
    reasons |= {release_key(release): because for release, because in roots.releases.items()}
    young = list(_young_records(store, inventory, reasons))
    trees = {record.tree: YOUNG for record in young} | _young_trees(inventory, reasons) | roots.trees
    reasons |= {tree_key(tree): because for tree, because in trees.items()}
    reasons |= {description_key(record.description): YOUNG for record in young if record.description}
    packs_unclear = descriptions_unclear = None
    try:
        reasons |= _descriptions(store, inventory, roots.releases)
    except (IntegrityError, RefusedError) as error:  # refused: another run removed one of them just now
        descriptions_unclear = error.message
    try:
        reasons |= _packs(store, inventory, trees)
    except IntegrityError as error:
        packs_unclear = error.message
    return Living(reasons, packs_unclear, descriptions_unclear)


def _young_records(store: Store, inventory: Inventory, reasons: Mapping[str, str]) -> Iterator[Record]:
    """Yield the records that stay for being young alone: what they name may be old, and found by the writer."""
    young = (release_of(found.key) for found in inventory.of_kind(Kind.RELEASE) if reasons.get(found.key) == YOUNG)
    yield from in_parallel(lambda release: read_record(store, release), filter(None, young))


def _young_trees(inventory: Inventory, reasons: Mapping[str, str]) -> dict[Digest, str]:
    """Return the trees whose manifest is young: their packs may be old, and found by the writer."""
    keys = (found.key for found in inventory.of_kind(Kind.TREE) if found.key in reasons)
    return {tree: YOUNG for key in keys if (tree := tree_of(key))}


def _descriptions(store: Store, inventory: Inventory, releases: Mapping[str, str]) -> dict[str, str]:
    """Return the descriptions that `releases` name.

    Raises:
        IntegrityError: A record is missing or damaged.
        RefusedError: A record was removed.
    """
    if not any(True for _ in inventory.of_kind(Kind.DESCRIPTION)):
        return {}
    named = in_parallel(lambda release: (release, read_record(store, release).description), releases)
    return {description_key(description): releases[release] for release, description in named if description}


def _packs(store: Store, inventory: Inventory, trees: Mapping[Digest, str]) -> dict[str, str]:
    """Return the packs that `trees` name.

    Raises:
        IntegrityError: A manifest is missing or damaged. A damaged one may fail to name a pack that is needed.
    """
    reasons: dict[str, str] = {}
    for tree, packs in in_parallel(lambda tree: (tree, read_packs(store, tree)), trees, at_once=LARGE_REQUESTS):
        for pack in packs:
            key = pack_key(pack.digest)
            # What was listed before it was written is young: nothing is done to it.
            if (found := inventory.objects.get(key)) and found.size != pack.size:
                raise IntegrityError(f"Pack {pack.digest} has {found.size} bytes, and tree {tree} says {pack.size}")
            if found is None and store.read(key, limit=pack.size) is None:
                raise IntegrityError(f"Pack {pack.digest} of tree {tree} is missing")
            reasons.setdefault(key, trees[tree])
    return reasons
