"""Trees on a disk: each one in a folder named by its digest, there only when it is whole.

```
<root>/versions/<tree>/        the files; what Airflow reads
<root>/.state/<tree>.json      the manifest of the tree, written last: the mark of completeness
<root>/.staging/<tree>.<nonce> a tree being written; its owner holds a lock on it
<root>/.locks/<tree>           held while one process writes a tree, so that others wait and not write it too
```

Versions are copies: a hard link would let a task that edits a file in one version change all of them.
"""

import errno
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from airside.base.digest import Digest
from airside.base.errors import IntegrityError, PlatformError
from airside.base.files import sync_folder, write_atomically
from airside.delivery.environments import read_manifest
from airside.delivery.fetch import fetch_files
from airside.delivery.writing import FOLDER_MODE, write_tree
from airside.release.manifest import Manifest, parse_manifest
from airside.store.port import Store


@dataclass(frozen=True, slots=True)
class Checkouts:
    """The trees below one root.

    Attributes:
        root: A folder on a local file system; made when it is needed.
    """

    root: Path

    def folder(self, tree: Digest) -> Path:
        """Return where the files of `tree` are, or would be."""
        return self.root / "versions" / tree

    def manifest(self, tree: Digest) -> Manifest | None:
        """Return the manifest of `tree` if the tree is here and whole, else None. Reads the disk alone.

        Every file is looked up by name and size: another program may have been stopped while it removed
        the folder, and then the mark is there and files are not.
        """
        try:
            manifest = parse_manifest(self._mark(tree).read_bytes(), tree)
        except (OSError, IntegrityError):
            return None
        folder = os.fspath(self.folder(tree))
        try:
            whole = all(os.lstat(f"{folder}/{file.path}").st_size == file.size for file in manifest.files)
        except OSError:
            return None
        return manifest if whole else None

    def materialise(self, store: Store, tree: Digest) -> Manifest:
        """Make sure that `tree` is here and whole, and return its manifest.

        Safe to call from many processes at once and to kill at any moment.

        Raises:
            StoreUnavailableError: The tree is not here and the store does not answer.
            IntegrityError: The store holds other bytes than the digests say; nothing becomes visible.
            PlatformError: The disk is full or cannot be written.
        """
        if manifest := self.manifest(tree):
            return manifest
        try:
            with self._lock(tree):
                return self.manifest(tree) or self._fetch(store, tree)
        except OSError as error:
            raise _disk_error(error, self.root) from error

    def _fetch(self, store: Store, tree: Digest) -> Manifest:
        manifest = read_manifest(store, tree)
        with self._staging(tree) as staging:
            write_tree(staging, fetch_files(store, manifest))
            target = self.folder(tree)
            _make_folder(target.parent)
            if os.path.lexists(target):  # a broken version, or something foreign of that name
                target.rename(staging.with_name(f"{staging.name}.broken"))
            staging.rename(target)
            sync_folder(target.parent)
        self._sweep()
        _make_folder(self._mark(tree).parent)
        write_atomically(self._mark(tree), manifest.to_bytes())
        return manifest

    def _mark(self, tree: Digest) -> Path:
        return self.root / ".state" / f"{tree}.json"

    @contextmanager
    def _lock(self, tree: Digest) -> Iterator[None]:
        _make_folder(self.root / ".locks")
        with (self.root / ".locks" / tree).open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _staging(self, tree: Digest) -> Iterator[Path]:
        """Make a folder to write into. The lock on it tells a sweep that its owner lives."""
        parent = self.root / ".staging"
        _make_folder(parent)
        path = parent / f"{tree}.{secrets.token_hex(8)}"
        path.mkdir(mode=FOLDER_MODE)
        path.chmod(FOLDER_MODE)  # whatever the umask
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            yield path
        finally:
            os.close(descriptor)
            shutil.rmtree(path, ignore_errors=True)

    def _sweep(self) -> None:
        """Remove what killed writers left, and broken versions that were moved aside."""
        for path in (self.root / ".staging").iterdir():
            if path.is_symlink() or not path.is_dir():
                path.unlink(missing_ok=True)
            elif _is_abandoned(path):
                shutil.rmtree(path, ignore_errors=True)


def _is_abandoned(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:  # its owner has just renamed it
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def _make_folder(path: Path) -> None:
    path.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)


def _disk_error(error: OSError, root: Path) -> PlatformError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return PlatformError(
            f"No space is left on the disk of {root}", hint="Make room there. What was served before is served still."
        )
    return PlatformError(f"Cannot write below {root}: {error.strerror or error}", hint="Look at its owner and mode.")
