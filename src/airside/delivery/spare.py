"""A warm spare: a second copy of the tree that is served, ready to become the next tree by changing a few files in it.

The copy is made while nobody waits. It is durable, holds the times of change of the original, and remembers
what `lstat` says of every file and folder in it: whoever touched one changed its ctime, and then it is not used.
"""

import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from airside.base.digest import Digest
from airside.delivery.fetch import FetchedFile
from airside.delivery.marks import folders_of
from airside.delivery.staging import Staged
from airside.delivery.writing import write_files
from airside.release.manifest import Manifest, ManifestFile

MOST_CHANGED_BYTES: Final = 16 * 1024 * 1024
"""Changed contents are in memory before a spare is touched; for more than this, a new copy is made."""

Fingerprint = tuple[tuple[int, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Spare:
    """A complete copy of a tree.

    Attributes:
        staged: Where it is, and the lock on it.
        tree: Which tree.
        manifest: Of the tree.
        fingerprint: What the file system said of it when it was made.
        process: Who made it: a forked child inherits the lock and must not use it.
    """

    staged: Staged
    tree: Digest
    manifest: Manifest
    fingerprint: Fingerprint
    process: int

    @classmethod
    def of(cls, staged: Staged, manifest: Manifest) -> "Spare":
        """Return the spare in `staged`, which was just written.

        Raises:
            OSError: It was not, or somebody removed it.
        """
        return cls(staged, manifest.digest, manifest, _fingerprint(staged, manifest), os.getpid())

    def is_unharmed(self) -> bool:
        """Tell whether it is what was written."""
        try:
            return _fingerprint(self.staged, self.manifest) == self.fingerprint
        except OSError:
            return False

    def become(self, manifest: Manifest, changed: Iterable[FetchedFile], count: int) -> None:
        """Turn it into the tree of `manifest`, durably, with the `count` files `changed` that it lacks.

        Raises:
            OSError: The disk is full or cannot be written. It can only be discarded.
        """
        root = self.staged.descriptor
        touched = set()
        for file in lacking(self.manifest, manifest):
            os.unlink(file.path, dir_fd=root)
            touched.add(file.path.rpartition("/")[0] or ".")
        kept = {".", *folders_of(manifest)}
        for folder in sorted(set(folders_of(self.manifest)) - kept, reverse=True):
            os.rmdir(folder, dir_fd=root)
            touched.discard(folder)
            touched.add(folder.rpartition("/")[0] or ".")
        write_files(self.staged.path, changed, {}, count=count, touched=touched & kept)


@dataclass(slots=True)
class SpareSlot:
    """Holds at most one spare; one thread at a time takes it."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _spare: Spare | None = None

    def holds(self, tree: Digest) -> bool:
        """Tell whether there is a spare of `tree`."""
        with self._lock:
            return self._spare is not None and self._spare.tree == tree

    def put(self, spare: Spare) -> None:
        """Keep `spare` in place of the one before."""
        with self._lock:
            former, self._spare = self._spare, spare
        _discard(former)

    def take(self, tree: Digest | None) -> Spare | None:
        """Return the spare of `tree` if there is one; it is the caller's then."""
        with self._lock:
            spare = self._spare
            if spare is None or spare.process != os.getpid() or spare.tree != tree:
                return None
            self._spare = None
        return spare


def lacking(first: Manifest, second: Manifest) -> list[ManifestFile]:
    """Return the files of `first` that `second` does not have, or not the same."""
    held = {(file.path, file.sha256, file.executable) for file in second.files}
    return [file for file in first.files if (file.path, file.sha256, file.executable) not in held]


def _discard(spare: Spare | None) -> None:
    if spare is not None and spare.process == os.getpid():
        spare.staged.discard()


def _fingerprint(staged: Staged, manifest: Manifest) -> Fingerprint:
    root = staged.descriptor  # a short path is the faster one
    names = [".", *folders_of(manifest), *(file.path for file in manifest.files)]
    found = (os.stat(name, dir_fd=root, follow_symlinks=False) for name in names)
    return tuple((one.st_ino, one.st_size, one.st_mtime_ns, one.st_ctime_ns) for one in found)
