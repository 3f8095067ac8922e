"""A store in a folder: for one machine, or a file system that several share.

```
<root>/<key>            an object
<root>/**/.<name>.tmp   being written, or left by a killed writer; no key begins with a dot, so never an object
<root>/.locks/<hash>    held while an object is replaced
```

The file system must be a real one: `flock` and atomic renames over NFS are as good as the server is.
"""

import errno
import fcntl
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from airside.base.errors import IntegrityError, StoreUnavailableError
from airside.base.files import sync_folder, write_atomically, write_beside
from airside.store.port import Found, Listed, Revision, Unchanged, require_key, require_prefix, too_large

_NO_HARD_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EXDEV})
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_DENIED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


class FolderStore:
    """The objects below the folder `root`, which is made when the first one is written."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def location(self) -> str:
        """The folder."""
        return str(self._root)

    def read(self, key: str, *, limit: int, unless: Revision | None = None) -> Found | Unchanged | None:
        """Return the object `key`; see `Store.read`. A revision is the digest of the content."""
        with self._translated(key):
            path = self._path(key)
            try:
                # Not blocking, since somebody may have put a named pipe there.
                descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            except FileNotFoundError:
                return None
            with os.fdopen(descriptor, "rb") as file:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    raise IntegrityError(f"{path} is not a file")
                size = os.fstat(descriptor).st_size
                # As much as there is: Python reserves what it is asked for before it reads.
                data = file.read(min(size, limit) + 1)
        if len(data) > limit:
            raise too_large(key, self.location, size=max(size, len(data)), limit=limit)
        revision = _revision(data)
        return Unchanged.UNCHANGED if revision == unless else Found(data, revision)

    def create(self, key: str, data: bytes) -> bool:
        """Write a new object; see `Store.create`. Readers see it whole: it is linked to its name when it is durable."""
        with self._translated(key):
            path = self._path(key)
            _make_folder(path.parent)
            if path.exists():
                # Its writer may not have come to that yet, and the caller is about to rely on it.
                sync_folder(path.parent)
                return False
            temporary = write_beside(path, data)
            try:
                return self._link(temporary, path, key)
            finally:
                temporary.unlink(missing_ok=True)
                sync_folder(path.parent)

    def _link(self, temporary: Path, path: Path, key: str) -> bool:
        try:
            os.link(temporary, path)
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in _NO_HARD_LINKS:
                raise
            with self._locked(key):
                if path.exists():
                    return False
                temporary.replace(path)
        return True

    def replace(self, key: str, data: bytes, expected: Revision) -> Revision | None:
        """Write the object `key` if its state is `expected`; see `Store.replace`."""
        with self._translated(key):
            path = self._path(key)
            if not path.exists():
                return None
            with self._locked(key):
                try:
                    current = _revision(_read_plain(path))
                except FileNotFoundError:
                    return None
                if current != expected:
                    return None
                write_atomically(path, data)
        return _revision(data)

    def list(self, prefix: str) -> Iterator[Listed]:
        """Yield the objects below `prefix`; see `Store.list`."""
        require_prefix(prefix)
        with self._translated(prefix or "the folder"):
            folder = self._path(prefix.removesuffix("/")) if prefix else self._root
            return iter(sorted(_walk(folder, prefix), key=lambda object_: object_.key))

    def delete(self, key: str) -> None:
        """Remove the object `key`; see `Store.delete`."""
        with self._translated(key):
            path = self._path(key)
            if not path.exists():
                return
            with self._locked(key):
                path.unlink(missing_ok=True)
                sync_folder(path.parent)

    def _path(self, key: str) -> Path:
        """Return where `key` lies, without a symbolic link on the way there from the root.

        Raises:
            IntegrityError: Somebody planted one.
        """
        require_key(key)
        root = os.path.realpath(self._root)
        wanted = f"{root}/{key}"
        if os.path.realpath(wanted) != wanted:
            raise IntegrityError(
                f"{key} in {self.location} is, or lies behind, a symbolic link",
                hint="A store has none. Find out who made it, and remove it.",
            )
        return Path(wanted)

    @contextmanager
    def _locked(self, key: str) -> Iterator[None]:
        folder = self._root / ".locks"
        _make_folder(folder)
        name = hashlib.sha256(key.encode()).hexdigest()[:32]
        descriptor = os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    @contextmanager
    def _translated(self, what: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise _unavailable(error, what, self.location) from error


def _revision(data: bytes) -> Revision:
    return Revision(hashlib.sha256(data).hexdigest())


def _read_plain(path: Path) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as file:
        return file.read()


def _make_folder(path: Path) -> None:
    """Make the folder `path` and those above it, durably."""
    if path.is_dir():
        return
    _make_folder(path.parent)
    path.mkdir(exist_ok=True)
    sync_folder(path.parent)


def _walk(folder: Path, prefix: str) -> Iterator[Listed]:
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), f"{prefix}{entry.name}/")
        elif entry.is_file(follow_symlinks=False):
            yield from _listed(entry, prefix)


def _listed(entry: os.DirEntry[str], prefix: str) -> Iterator[Listed]:
    try:
        status = entry.stat(follow_symlinks=False)
    except FileNotFoundError:  # deleted while we looked
        return
    yield Listed(f"{prefix}{entry.name}", status.st_size, datetime.fromtimestamp(status.st_mtime, UTC))


def _unavailable(error: OSError, what: str, location: str) -> StoreUnavailableError:
    reason = error.strerror or str(error)
    if error.errno in _FULL:
        return StoreUnavailableError(
            f"No space left for {what} in {location}", hint="Make room on that disk, then run the command again."
        )
    if error.errno in _DENIED:
        return StoreUnavailableError(
            f"Access to {what} in {location} is denied: {reason}", hint="Look at the owner and mode of the folder."
        )
    if error.errno in {errno.ENOTDIR, errno.EISDIR, errno.EEXIST}:
        return StoreUnavailableError(
            f"{what} in {location} cannot be used: {reason}", hint="A store is a folder of its own; name another one."
        )
    return StoreUnavailableError(f"{what} in {location} cannot be used: {reason}")
