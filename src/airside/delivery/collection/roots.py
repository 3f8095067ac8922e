"""What must stay, whatever else: the releases that environments need, and the trees that Airflow needs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from airside.base.digest import Digest
from airside.base.errors import IntegrityError
from airside.base.names import environment_of_channel, subject, told
from airside.delivery.collection.inventory import Inventory
from airside.delivery.collection.retention import Retention, Served, retained
from airside.delivery.environments import pointer_names, read_current, read_entry
from airside.delivery.parallel import in_parallel
from airside.release.keys import history_key, release_key, tree_key
from airside.release.keyspace import entry_of
from airside.release.pointer import Pointer
from airside.store.port import Store


@dataclass(frozen=True, slots=True)
class Roots:
    """What must stay, each with the reason for it.

    Attributes:
        releases: By id.
        trees: By digest.
    """

    releases: dict[str, str] = field(default_factory=dict)
    trees: dict[Digest, str] = field(default_factory=dict)


def read_roots(
    store: Store, inventory: Inventory, retention: Retention, kept_trees: Mapping[Digest, str], *, now: datetime
) -> Roots:
    """Return what must stay in `store`.

    Args:
        store: The store.
        inventory: Its listing, from before this call.
        retention: How much of each history stays.
        kept_trees: Trees that are needed elsewhere, with the reason.
        now: The time of the store.

    Raises:
        IntegrityError: A pointer or a history entry is missing or damaged: what it named is not known, so
            nothing may be removed.
    """
    # A tree that an Airflow runs may be of another store.
    roots = Roots(trees={tree: why for tree, why in kept_trees.items() if tree_key(tree) in inventory.objects})
    # A record may be there in spite of the note: its remover was killed, or somebody published the release again.
    gone = {release for release in inventory.removed if release_key(release) not in inventory.objects}
    for environment in _environments(store, inventory):
        served = _served(store, inventory, environment, now)
        for kept in retained(served, retention, now=now):
            if kept.release not in gone:
                roots.releases.setdefault(kept.release, kept.because)
                roots.trees.setdefault(kept.tree, kept.because)
        for entry in served:  # a tree that Airflow runs has releases, whose signatures a reader may ask for
            if (because := kept_trees.get(entry.pointer.tree)) and entry.pointer.release not in gone:
                roots.releases.setdefault(entry.pointer.release, because)
    return roots


def _environments(store: Store, inventory: Inventory) -> list[str]:
    with_history = {entry[0] for key in inventory.history if (entry := entry_of(key))}
    return sorted(with_history.union(pointer_names(store)))


def _served(store: Store, inventory: Inventory, environment: str, now: datetime) -> list[Served]:
    """Return every generation of `environment`, from 1 on."""
    try:
        pointers = list(_pointers(store, environment))
    except IntegrityError as error:
        raise IntegrityError(
            f"{error.message}; so it is not known what {told(environment)} needs, and nothing was removed",
            hint=f"`airside verify {environment_of_channel(environment)} --repair` mends what can be mended.",
        ) from error
    # An entry that the listing lacks was written after it.
    listed = [inventory.history.get(history_key(environment, pointer.generation)) for pointer in pointers]
    return [Served(pointer, found.modified if found else now) for pointer, found in zip(pointers, listed, strict=True)]


def _pointers(store: Store, environment: str) -> Iterator[Pointer]:
    current = read_current(store, environment)
    if current is None:
        raise IntegrityError(f"{subject(environment)} has a history and no pointer")
    generations = range(1, current.pointer.generation + 1)
    for sealed in in_parallel(lambda generation: read_entry(store, current.sealed, generation), generations):
        yield sealed.pointer
