"""What is dead and old, and is named still by something dead that is too young to go: it waits for that.

So no manifest outlives its packs, and no record its manifest or its description: a writer that finds one finds all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from airside.base.errors import IntegrityError, RefusedError
from airside.delivery.collection.needs import read_packs
from airside.delivery.collection.planning import Deed, Step
from airside.delivery.environments import read_record
from airside.delivery.parallel import LARGE_REQUESTS, in_parallel
from airside.release.keys import description_key, pack_key, tree_key
from airside.release.keyspace import Kind, content_kind, release_of, tree_of
from airside.store.port import Store

_STAYING = frozenset({Deed.MARK, Deed.WAIT})


def withhold(store: Store, steps: Sequence[Step]) -> list[Step]:
    """Return `steps`, with removals put off where something that stays for now names the object.

    Reads nothing when there is nothing to remove.

    Raises:
        StoreUnavailableError: The store does not answer.
    """
    decided = _put_off(steps, _named_by_records(store, steps) if _removes(steps, Kind.TREE, Kind.DESCRIPTION) else ())
    return _put_off(decided, _named_by_manifests(store, decided) if _removes(decided, Kind.PACK) else ())


def _removes(steps: Iterable[Step], *kinds: Kind) -> bool:
    return any(step.deed is Deed.REMOVE and content_kind(step.key) in kinds for step in steps)


def _put_off(steps: Iterable[Step], named: Iterable[str]) -> list[Step]:
    keys = frozenset(named)
    return [replace(step, deed=Deed.WAIT) if step.deed is Deed.REMOVE and step.key in keys else step for step in steps]


def _staying(steps: Iterable[Step], kind: Kind) -> list[str]:
    return [step.key for step in steps if step.deed in _STAYING and content_kind(step.key) is kind]


def _named_by_records(store: Store, steps: Iterable[Step]) -> set[str]:
    staying = _staying(steps, Kind.RELEASE)
    return {key for keys in in_parallel(lambda key: _named(store, key), staying) for key in keys}


def _named(store: Store, key: str) -> list[str]:
    try:
        record = read_record(store, release_of(key) or "")
    except (IntegrityError, RefusedError):  # damaged or gone: nobody can come to rely on it
        return []
    return [tree_key(record.tree), *([description_key(record.description)] if record.description else [])]


def _named_by_manifests(store: Store, steps: Iterable[Step]) -> set[str]:
    staying = _staying(steps, Kind.TREE)
    return {
        key for keys in in_parallel(lambda key: _packs(store, key), staying, at_once=LARGE_REQUESTS) for key in keys
    }


def _packs(store: Store, key: str) -> list[str]:
    tree = tree_of(key)
    try:
        return [pack_key(pack.digest) for pack in read_packs(store, tree)] if tree else []
    except IntegrityError:
        return []
