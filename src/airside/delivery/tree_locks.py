"""Which lock files the releases of a tree were built for. Airflow pins a run to a tree, which does not say."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

from airside.base.digest import Digest
from airside.base.errors import IntegrityError, RefusedError, UsageError
from airside.base.files import write_atomically
from airside.delivery.environments import read_current, read_history, read_record
from airside.release.encoding import Document, canonical, decode
from airside.store.port import Store

_LOOK_BACK: Final = 64
"""Moves of the environment that are looked at."""

_KEPT: Final = 100
"""Trees that a machine remembers the lock files of; Airflow keeps ten versions."""

Locks = tuple[Digest | None, ...]
"""Those of the releases of one tree; None is that of a release which names none."""


def locks_of(store: Store, environment: str, tree: Digest) -> Iterator[Digest | None]:
    """Yield the lock files of the releases of `tree` that `environment` served last, the newest first.

    Two reads for what it serves now, which most runs are of; the history is read only if somebody goes on.

    Raises:
        StoreUnavailableError: The store does not answer.
        IntegrityError: It holds something else under the names.
    """
    if (current := read_current(store, environment)) is None:
        return
    seen: set[str] = set()
    if current.pointer.tree == tree:
        seen.add(current.pointer.release)
        yield read_record(store, current.pointer.release).requirements.lock
    for entry in islice(read_history(store, environment), _LOOK_BACK):
        if entry.pointer.tree == tree and entry.pointer.release not in seen:
            seen.add(entry.pointer.release)
            with suppress(RefusedError):  # garbage collection has removed it
                yield read_record(store, entry.pointer.release).requirements.lock


class _Of(msgspec.Struct, frozen=True):
    tree: Digest
    locks: Locks


class _Note(Document, frozen=True, kw_only=True, tag_field="kind", tag="locks"):
    environment: str
    trees: tuple[_Of, ...]


@dataclass(frozen=True, slots=True)
class LockNotes:
    """What a machine knows of the lock files of trees, so that a start of a task costs no network.

    Attributes:
        folder: Where the note is; one that is lost or damaged is made anew.
        environment: Whose releases.
    """

    folder: Path
    environment: str

    def read(self, tree: Digest) -> Locks:
        """Return the lock files that releases of `tree` are known to be built for."""
        return self._trees().get(tree, ())

    def add(self, tree: Digest, *locks: Digest | None) -> None:
        """Note that releases of `tree` were built for `locks`. Of two processes at once the later one may win.

        Raises:
            OSError: The disk is full or cannot be written.
        """
        trees = self._trees()
        known = trees.pop(tree, ())
        trees[tree] = tuple(dict.fromkeys([*known, *locks]))
        if trees[tree] != known:
            kept = tuple(_Of(*each) for each in trees.items())[-_KEPT:]
            write_atomically(self._path, canonical(_Note(environment=self.environment, trees=kept)))

    def _trees(self) -> dict[Digest, Locks]:
        try:
            note = decode(self._path.read_bytes(), _Note, what=str(self._path))
        except (OSError, IntegrityError, UsageError):
            return {}
        return {each.tree: each.locks for each in note.trees} if note.environment == self.environment else {}

    @property
    def _path(self) -> Path:
        return self.folder / "locks.json"
