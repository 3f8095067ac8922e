"""What is in a store that garbage collection may remove."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from airside.release.keys import CLOCK, DESCRIPTIONS, GC, HISTORY, PACKS, PROBE, RELEASES, REMOVED, SIGNATURES, TREES
from airside.release.keyspace import Kind, content_kind, entry_of, release_of
from airside.store.port import Listed, Store

ORDER: Final = (Kind.RELEASE, Kind.DESCRIPTION, Kind.TREE, Kind.PACK)
"""In the order in which they are marked and removed: what names another goes first, so that what is found is whole."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """The objects of a store as its listing shows them.

    Attributes:
        objects: Records, descriptions, manifests and packs, by key.
        signatures: Detached signatures, by key. They go with their record.
        history: History entries, by key.
        tombstones: By the key of the object that each one is about; the object may be gone.
        removed: The ids of releases that were removed.
        passing: What commands leave when they are killed: objects of the probe and of the clock.
    """

    objects: Mapping[str, Listed]
    signatures: Mapping[str, Listed]
    history: Mapping[str, Listed]
    tombstones: Mapping[str, Listed]
    removed: frozenset[str]
    passing: tuple[Listed, ...]

    def of_kind(self, kind: Kind) -> Iterable[Listed]:
        """Return the objects that are a `kind`."""
        return (found for key, found in self.objects.items() if content_kind(key) is kind)


def take_inventory(store: Store) -> Inventory:
    """List the store. One request for each thousand objects.

    Raises:
        StoreUnavailableError: It does not answer.
    """
    tombstones: dict[str, Listed] = {}
    removed: set[str] = set()
    passing = list(store.list(PROBE))
    for found in store.list(GC):
        if found.key.startswith(REMOVED) and (release := release_of(found.key)):
            removed.add(release)
        elif found.key.startswith(CLOCK):
            passing.append(found)
        elif content_kind(key := found.key.removeprefix(GC)):
            tombstones[key] = found
    listed = (found for prefix in (RELEASES, DESCRIPTIONS, TREES, PACKS) for found in store.list(prefix))
    return Inventory(
        objects={found.key: found for found in listed if content_kind(found.key)},
        signatures={found.key: found for found in store.list(SIGNATURES) if release_of(found.key)},
        history={found.key: found for found in store.list(HISTORY) if entry_of(found.key)},
        tombstones=tombstones,
        removed=frozenset(removed),
        passing=tuple(passing),
    )
