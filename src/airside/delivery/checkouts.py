"""Trees on a disk: each one in a folder named by its digest, there only when it is whole.

```
<root>/versions/<tree>/        the files; what Airflow reads
<root>/.state/<tree>.json      the manifest of the tree, written last: the mark of completeness
<root>/.staging/<tree>.<nonce> a tree being written, or a spare; its owner holds a lock on it
<root>/.locks/<tree>           held while one process writes a tree, so that others wait and not write it too
```
"""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from airside.base.digest import Digest
from airside.base.files import sync_folder
from airside.delivery.disk import disk_errors
from airside.delivery.environments import read_manifest
from airside.delivery.marks import Marks, is_whole
from airside.delivery.neighbours import Neighbour, copies, gather, missing_bytes
from airside.delivery.private_root import STATE, VERSIONS, PrivateRoot
from airside.delivery.spare import MOST_CHANGED_BYTES, Spare, SpareSlot, lacking
from airside.delivery.staging import Staging, locked, locked_now
from airside.delivery.writing import write_files
from airside.release.manifest import Manifest, ManifestFile
from airside.store.port import Store

_NEIGHBOURS: Final = 3
"""Trees on the disk that are looked at for contents. Each costs reading its manifest."""

_WORTH_A_LOOK: Final = 256 * 1024
"""Bytes that are fetched sooner than the manifests of other trees are read."""


@dataclass(frozen=True, slots=True)
class Checkouts:
    """The trees below one root.

    Attributes:
        root: A folder on a local file system, made when it is needed; of this account, and closed to others.
        shared: Whether other accounts of this machine may read trees whose name they know (Airflow's `run_as_user`).
    """

    root: Path
    shared: bool = False
    _spares: SpareSlot = field(default_factory=SpareSlot, init=False, repr=False, compare=False)

    def folder(self, tree: Digest) -> Path:
        """Return where the files of `tree` are, or would be."""
        return self.root / VERSIONS / tree

    def require_private(self) -> None:
        """Make the root where it is missing, and look whether it is ours alone to write to.

        Raises:
            PlatformError: It is a link, belongs to another account, may be written by others, or cannot be made.
        """
        with disk_errors(self.root):
            self._private_root.require()

    def manifest(self, tree: Digest) -> Manifest | None:
        """Return the manifest of `tree` if the tree is here and whole, else None. Reads the disk alone.

        Every file is looked up by name and size: another program may have been stopped while it removed
        the folder, and then the mark is there and files are not.

        Raises:
            PlatformError: The root is a link, belongs to another account or may be written by others.
        """
        if not self._private_root.require_readable():
            return None
        manifest = self._marks.read(tree)
        return manifest if manifest is not None and is_whole(self.folder(tree), manifest) else None

    def materialise(self, store: Store, tree: Digest, *, near: Digest | None = None) -> Manifest:
        """Make sure that `tree` is here and whole, and return its manifest.

        Safe to call from many processes at once and to kill at any moment.

        Args:
            store: Where to fetch what is not on this disk.
            tree: Which tree.
            near: A tree that is here and probably much like this one. Contents are copied from it, and a file that
                is the same in both keeps its time of change, since Airflow parses what was changed last first.

        Raises:
            StoreUnavailableError: The tree is not here and the store does not answer.
            IntegrityError: The store holds other bytes than the digests say; nothing becomes visible.
            PlatformError: The disk is full or cannot be written, or the root is not ours alone.
        """
        if manifest := self.manifest(tree):
            return manifest
        with disk_errors(self.root):
            self._private_root.require()
            with locked(self._private_root, tree):
                manifest = self.manifest(tree) or self._make(store, read_manifest(store, tree), near)
            self._sweep()
        return manifest

    def align(self, manifest: Manifest, near: Digest | None) -> None:
        """Set the times of change in the tree of `manifest`, which is here, for a reader that has `near` so far.

        Files that are the same in both get the time that they have there; all others are changed now.

        Raises:
            PlatformError: The disk cannot be written.
        """
        with disk_errors(self.root):
            wanted = self._mtimes(manifest, near)
            now = time.time_ns()
            folder = os.fspath(self.folder(manifest.digest))
            for file in manifest.files:
                path, mtime = f"{folder}/{file.path}", wanted.get(file.path, now)
                if os.lstat(path).st_mtime_ns != mtime:
                    os.utime(path, ns=(mtime, mtime), follow_symlinks=False)

    def prepare_spare(self, tree: Digest) -> bool:
        """Make a second copy of `tree` for the next `materialise` near it; return whether there is one.

        It belongs to this object, and lives as long as the process.

        Raises:
            PlatformError: The disk is full or cannot be written.
        """
        if self._spares.holds(tree):
            return True
        manifest = self.manifest(tree)
        if manifest is None:
            return False
        with disk_errors(self.root):
            self._private_root.require()
            staged = self._staging.new_folder(f"{tree}.spare")
            try:
                files = copies(manifest, Neighbour(self.folder(tree), manifest))
                write_files(staged.path, files, self._mtimes(manifest, tree), count=len(manifest.files))
                spare = Spare.of(staged, manifest)
            except FileNotFoundError:  # a file of the tree was harmed, and has no copy
                staged.discard()
                return False
            except BaseException:
                staged.discard()
                raise
            self._spares.put(spare)
        return True

    def _make(self, store: Store, manifest: Manifest, near: Digest | None) -> Manifest:
        spare = self._spares.take(near)
        if spare is None or not self._turn(spare, store, manifest):
            self._write(store, manifest, near)
        self._staging.write_to(self._marks.path(manifest.digest), self._marks.content(manifest))
        return manifest

    def _turn(self, spare: Spare, store: Store, manifest: Manifest) -> bool:
        """Make the tree of `manifest` out of `spare`; return False if it cannot be."""
        changed = lacking(manifest, spare.manifest)
        if sum(file.size for file in changed) > MOST_CHANGED_BYTES or not spare.is_unharmed():
            spare.staged.discard()
            return False
        neighbours = [Neighbour(spare.staged.path, spare.manifest)]
        try:
            files = list(gather(store, manifest, changed, neighbours))
        except BaseException:
            self._spares.put(spare)
            raise
        try:
            spare.become(manifest, files, len(files))
            self._show(spare.staged.path, manifest.digest)
        finally:
            spare.staged.discard()
        return True

    def _write(self, store: Store, manifest: Manifest, near: Digest | None) -> None:
        neighbours = self._neighbours(manifest.files, near)
        staged = self._staging.new_folder(manifest.digest)
        try:
            files = gather(store, manifest, manifest.files, neighbours)
            write_files(staged.path, files, self._mtimes(manifest, near), count=len(manifest.files))
            self._show(staged.path, manifest.digest)
        finally:
            staged.discard()

    def _show(self, staged: Path, tree: Digest) -> None:
        """Give a folder that is complete and durable its name."""
        target = self.folder(tree)
        if os.path.lexists(target):  # a broken version, or something foreign of that name
            self._staging.set_aside(target)
        staged.rename(target)
        sync_folder(target.parent)

    def _neighbours(self, wanted: Sequence[ManifestFile], near: Digest | None) -> list[Neighbour]:
        """Return trees to copy from: `near`, and others if that lacks much."""
        found = self._marked([near] if near else [])
        if not found or missing_bytes(wanted, found) > _WORTH_A_LOOK:
            others = [tree for tree in self._marks.trees() if tree != near and self.folder(tree).is_dir()]
            found += self._marked(others[:_NEIGHBOURS])
        return found

    def _marked(self, trees: Sequence[Digest]) -> list[Neighbour]:
        manifests = [(tree, self._marks.read(tree)) for tree in trees]
        return [Neighbour(self.folder(tree), manifest) for tree, manifest in manifests if manifest is not None]

    def _mtimes(self, manifest: Manifest, near: Digest | None) -> dict[str, int]:
        """Return when the files that are the same in `near` were changed there, in nanoseconds."""
        other = self._marks.read(near) if near else None
        if near is None or other is None:
            return {}
        folder = os.fspath(self.folder(near))
        different = {file.path for file in lacking(manifest, other)}
        try:
            return {
                file.path: os.lstat(f"{folder}/{file.path}").st_mtime_ns
                for file in manifest.files
                if file.path not in different
            }
        except OSError:  # it is being removed
            return {}

    def _sweep(self) -> None:
        """Remove what killed writers left, and the marks of trees that Airflow has removed."""
        self._staging.sweep()
        for tree in self._marks.trees():
            if os.path.lexists(self.folder(tree)):
                continue
            with locked_now(self._private_root, tree) as ours:
                if ours and not os.path.lexists(self.folder(tree)):
                    self._marks.path(tree).unlink(missing_ok=True)

    @property
    def _private_root(self) -> PrivateRoot:
        return PrivateRoot(self.root, self.shared)

    @property
    def _staging(self) -> Staging:
        return Staging(self._private_root)

    @property
    def _marks(self) -> Marks:
        return Marks(self.root / STATE)
