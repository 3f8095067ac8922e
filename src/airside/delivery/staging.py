"""Where things are written before they are renamed to their place; what a killed writer left there is removed.

Whoever writes holds a lock on what it writes, and the kernel lets go of it when the writer dies. A lock of
the whole keeps a sweep from looking at something that was made and is not locked yet.
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from airside.base.errors import PlatformError
from airside.base.files import sync_folder
from airside.delivery.private_root import FOLDER_MODE, LOCKS, STAGING, PrivateRoot


@dataclass(frozen=True, slots=True)
class Staged:
    """A folder of ours below `.staging`.

    Attributes:
        path: Where.
        descriptor: Of the folder; holds the lock that says that its owner lives.
    """

    path: Path
    descriptor: int

    def discard(self) -> None:
        """Remove the folder, if it was not renamed, and let go of the lock."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self.descriptor)


@dataclass(frozen=True, slots=True)
class Staging:
    """The folder `.staging` of a root."""

    root: PrivateRoot

    @property
    def folder(self) -> Path:
        """Where it is."""
        return self.root.path / STAGING

    def new_folder(self, name: str) -> Staged:
        """Make a folder to write into. The caller discards it.

        Raises:
            OSError: The disk is full or cannot be written.
        """
        path = self._new_path(name)
        with locked(self.root, "staging", shared=True):
            path.mkdir(mode=FOLDER_MODE)
            path.chmod(FOLDER_MODE)  # whatever the umask
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        return Staged(path, descriptor)

    def write_to(self, target: Path, data: bytes) -> None:
        """Replace the file `target`, atomically and durably.

        Raises:
            OSError: The disk is full or cannot be written. `target` is as it was.
        """
        path = self._new_path(target.name)
        with locked(self.root, "staging", shared=True):
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        try:
            os.fchmod(descriptor, 0o644)
            remaining = memoryview(data)
            while remaining:
                remaining = remaining[os.write(descriptor, remaining) :]
            os.fsync(descriptor)
            path.replace(target)
        except OSError:
            path.unlink(missing_ok=True)
            raise
        finally:
            os.close(descriptor)
        sync_folder(target.parent)

    def set_aside(self, path: Path) -> None:
        """Move what is in the way to where the next sweep removes it. A link is moved, and not followed."""
        path.rename(self._new_path(f"{path.name}.broken"))

    def sweep(self) -> None:
        """Remove what nobody holds a lock on.

        Raises:
            OSError: The folder cannot be read.
        """
        if next(self.folder.iterdir(), None) is None:
            return
        with locked(self.root, "staging"):
            abandoned = [path for path in self.folder.iterdir() if _is_abandoned(path)]
        for path in abandoned:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)

    def _new_path(self, name: str) -> Path:
        return self.folder / f"{name}.{secrets.token_hex(8)}"


@contextmanager
def locked(root: PrivateRoot, name: str, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock `name` of `root`, alone or with others that hold it `shared`.

    Raises:
        PlatformError: A link is where the lock should be.
        OSError: The disk is full or cannot be written.
    """
    descriptor = _open_lock(root.path / LOCKS / name)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def locked_now(root: PrivateRoot, name: str) -> Iterator[bool]:
    """Hold the lock `name` of `root` alone, if nobody else holds it; yield whether that is so.

    Raises:
        PlatformError: A link is where the lock should be.
        OSError: The disk is full or cannot be written.
    """
    descriptor = _open_lock(root.path / LOCKS / name)
    try:
        yield _try_lock(descriptor)
    finally:
        os.close(descriptor)


def _open_lock(path: Path) -> int:
    if path.is_symlink():
        raise PlatformError(f"{path} is a link", hint="A lock is a file. Find out who made the link, and remove it.")
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_abandoned(path: Path) -> bool:
    if path.is_symlink():
        return True
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:  # its owner has just renamed it
        return False
    try:
        return _try_lock(descriptor)
    finally:
        os.close(descriptor)
