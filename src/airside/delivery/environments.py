"""Reading environments: the pointer of each one, its history, and the release that it names."""

from collections.abc import Iterator
from dataclasses import dataclass

from airside.base.digest import Digest
from airside.base.errors import IntegrityError, UnknownEnvironmentError
from airside.delivery.publish import held_manifest
from airside.release.keys import ENVIRONMENTS, RELEASES, environment_key, history_key, release_key
from airside.release.manifest import Manifest
from airside.release.pointer import MAX_POINTER_BYTES, Pointer, parse_pointer
from airside.release.record import MAX_RECORD_BYTES, Record, parse_record
from airside.store.port import Found, Revision, Store


@dataclass(frozen=True, slots=True)
class Current:
    """Where an environment points, and the revision to compare with when it is moved."""

    pointer: Pointer
    revision: Revision


def read_current(store: Store, environment: str) -> Current | None:
    """Return where `environment` points; None when nothing was ever deployed to it."""
    found = store.read(environment_key(environment), limit=MAX_POINTER_BYTES)
    if not isinstance(found, Found):
        return None
    return Current(parse_pointer(found.data, environment), found.revision)


def require_current(store: Store, environment: str) -> Current:
    """Return where `environment` points.

    Raises:
        UnknownEnvironmentError: Nothing was ever deployed to it.
    """
    if (current := read_current(store, environment)) is None:
        raise UnknownEnvironmentError(
            f"Nothing was ever deployed to {environment!r} in {store.location}",
            hint=f"`airside deploy {environment}` does it.",
        )
    return current


def read_record(store: Store, release: str) -> Record:
    """Return the record of the release with the id `release`.

    Raises:
        IntegrityError: It is missing or is not what its name says.
    """
    key = release_key(release)
    found = store.read(key, limit=MAX_RECORD_BYTES)
    if not isinstance(found, Found):
        raise IntegrityError(f"Release {release} is missing in {store.location}: there is no object {key}")
    return parse_record(found.data, release)


def read_manifest(store: Store, tree: Digest) -> Manifest:
    """Return the manifest of `tree`.

    Raises:
        IntegrityError: It is missing or is not what its name says.
    """
    if (manifest := held_manifest(store, tree)) is None:
        raise IntegrityError(f"Tree {tree} is missing in {store.location}")
    return manifest


def read_entry(store: Store, current: Pointer, generation: int) -> Pointer:
    """Return the history entry `generation` of the environment that `current` is the pointer of.

    Raises:
        UnknownEnvironmentError: There never was such a generation.
        IntegrityError: There was, and its entry is missing.
    """
    if generation == current.generation:
        return current
    name = current.environment
    if not 1 <= generation < current.generation:
        raise UnknownEnvironmentError(
            f"{name!r} has no generation {generation}; it is at {current.generation}",
            hint=f"`airside history {name}` lists them.",
        )
    found = store.read(history_key(name, generation), limit=MAX_POINTER_BYTES)
    if not isinstance(found, Found):
        raise IntegrityError(f"History entry {generation} of {name!r} is missing in {store.location}")
    return parse_pointer(found.data, name)


def read_history(store: Store, environment: str) -> Iterator[Pointer]:
    """Yield every entry of the history of `environment`, the newest first.

    The newest is the pointer itself, so that the history is whole even when its last writer was killed
    between the move and the entry.
    """
    current = require_current(store, environment).pointer
    for generation in range(current.generation, 0, -1):
        yield read_entry(store, current, generation)


def environment_names(store: Store) -> list[str]:
    """Return the names of all environments in the store, in order."""
    return sorted(_ids(store, ENVIRONMENTS))


def release_ids(store: Store) -> list[str]:
    """Return the ids of all releases in the store, the newest first: an id begins with its time."""
    return sorted(_ids(store, RELEASES), reverse=True)


def _ids(store: Store, prefix: str) -> Iterator[str]:
    return (key.removeprefix(prefix).removesuffix(".json") for key in store.list(prefix) if key.endswith(".json"))
