"""Reading environments: the pointer of each one, its history, and the release that it names."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from airside.base.digest import Digest
from airside.base.errors import IntegrityError, RefusedError, UnknownEnvironmentError
from airside.base.names import command_line, is_channel, never_moved, subject, told
from airside.delivery.publish import held_manifest
from airside.release.keys import ENVIRONMENTS, RELEASES, environment_key, history_key, release_key, removed_key
from airside.release.manifest import Manifest
from airside.release.pointer import MAX_POINTER_BYTES, Pointer, SealedPointer, parse_pointer
from airside.release.record import MAX_RECORD_BYTES, Record, parse_record
from airside.release.tombstone import MAX_TOMBSTONE_BYTES, parse_removed
from airside.store.port import Found, Revision, Store

_READERS = 32
"""Requests at once."""


@dataclass(frozen=True, slots=True)
class Current:
    """Where an environment points, and the revision to compare with when it is moved.

    Attributes:
        sealed: The pointer with its signatures.
        revision: The state of the object that held it.
    """

    sealed: SealedPointer
    revision: Revision

    @property
    def pointer(self) -> Pointer:
        """The pointer."""
        return self.sealed.pointer


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
            f"{never_moved(environment)} in {store.location}",
            hint=f"`{command_line('deploy', environment)}` does it.",
        )
    return current


def read_record(store: Store, release: str) -> Record:
    """Return the record of the release with the id `release`.

    Raises:
        RefusedError: Garbage collection removed it.
        IntegrityError: It is missing or is not what its name says.
    """
    key = release_key(release)
    found = store.read(key, limit=MAX_RECORD_BYTES)
    if not isinstance(found, Found):
        _refuse_removed(store, release)
        raise IntegrityError(f"Release {release} is missing in {store.location}: there is no object {key}")
    return parse_record(found.data, release)


def _refuse_removed(store: Store, release: str) -> None:
    note = store.read(removed_key(release), limit=MAX_TOMBSTONE_BYTES)
    if isinstance(note, Found):
        raise RefusedError(
            f"Release {release} was removed by garbage collection on {parse_removed(note.data, release).at}",
            hint="`airside releases` lists those that are there. `airside gc --keep-days` sets how long they stay.",
        )


def read_manifest(store: Store, tree: Digest) -> Manifest:
    """Return the manifest of `tree`.

    Raises:
        IntegrityError: It is missing or is not what its name says.
    """
    if (manifest := held_manifest(store, tree)) is None:
        raise IntegrityError(f"Tree {tree} is missing in {store.location}")
    return manifest


def read_entry(store: Store, current: SealedPointer, generation: int) -> SealedPointer:
    """Return the history entry `generation` of the environment that `current` is the pointer of.

    Raises:
        UnknownEnvironmentError: There never was such a generation.
        IntegrityError: There was, and its entry is missing or that of another generation.
    """
    if generation == current.pointer.generation:
        return current
    name = current.pointer.environment
    if not 1 <= generation < current.pointer.generation:
        raise UnknownEnvironmentError(
            f"{subject(name)} has no generation {generation}; it is at {current.pointer.generation}",
            hint=f"`{command_line('history', name)}` lists them.",
        )
    found = store.read(history_key(name, generation), limit=MAX_POINTER_BYTES)
    if not isinstance(found, Found):
        raise IntegrityError(f"History entry {generation} of {told(name)} is missing in {store.location}")
    entry = parse_pointer(found.data, name)
    if entry.pointer.generation != generation:
        raise IntegrityError(
            f"History entry {generation} of {told(name)} in {store.location} is that of {entry.pointer.generation}"
        )
    return entry


def read_history(store: Store, environment: str) -> Iterator[SealedPointer]:
    """Yield every entry of the history of `environment`, the newest first.

    The newest is the pointer itself, so that the history is whole even when its last writer was killed
    between the move and the entry.
    """
    current = require_current(store, environment).sealed
    newest = current.pointer.generation
    # Read ahead in parallel: a store answers one request in 20 ms, and a thousand of them in a second.
    with ThreadPoolExecutor(_READERS) as threads:
        for start in range(newest, 0, -_READERS):
            yield from threads.map(
                lambda generation: read_entry(store, current, generation), range(start, max(start - _READERS, 0), -1)
            )


def environment_names(store: Store) -> list[str]:
    """Return the names of all environments in the store, in order."""
    return [name for name in pointer_names(store) if not is_channel(name)]


def pointer_names(store: Store) -> list[str]:
    """Return the names of all that points to a release: environments and channels of their secrets, in order."""
    return sorted(_ids(store, ENVIRONMENTS))


def release_ids(store: Store) -> list[str]:
    """Return the ids of all releases in the store, the newest first: an id begins with its time."""
    return sorted(_ids(store, RELEASES), reverse=True)


def _ids(store: Store, prefix: str) -> Iterator[str]:
    keys = (found.key for found in store.list(prefix))
    return (key.removeprefix(prefix).removesuffix(".json") for key in keys if key.endswith(".json"))
