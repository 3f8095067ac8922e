"""A folder for decrypted text: in memory, for this user alone, and gone when the work ends, however it ends."""

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from airside.base.errors import UsageError

MEMORY = Path("/dev/shm")  # noqa: S108 - the folder made in it is private
_PREFIX = "airside-secrets-"


@dataclass(frozen=True, slots=True)
class PrivateFolder:
    """Where decrypted text may lie for a moment.

    Attributes:
        path: The folder, 0700.
        in_memory: It is not on a disk.
    """

    path: Path
    in_memory: bool


@contextmanager
def private_folder(memory: Path = MEMORY) -> Iterator[PrivateFolder]:
    """Make a private folder below `memory`, or where there is none in the system's folder for temporary files.

    What an earlier process left, because it was killed, is removed first: a folder whose lock nobody holds.

    Raises:
        UsageError: It cannot be made.
    """
    in_memory = memory.is_dir() and os.access(memory, os.W_OK | os.X_OK)
    parent = memory if in_memory else Path(tempfile.gettempdir())
    _sweep({memory, parent})
    try:
        path, lock = _make(parent)
    except OSError as error:
        raise UsageError(f"No private folder can be made in {parent}: {error.strerror}") from error
    try:
        yield PrivateFolder(path, in_memory)
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(lock)


def _make(parent: Path) -> tuple[Path, int]:
    while True:
        path = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getuid()}-", dir=parent))
        try:
            lock = _locked(path)
        except FileNotFoundError:
            continue  # another process swept it before it was locked
        if lock is not None and path.exists():
            return path, lock
        if lock is not None:
            os.close(lock)


def _locked(path: Path) -> int | None:
    # The lock ends with the process, whatever ends it; children do not inherit it.
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _sweep(parents: set[Path] | Sequence[Path]) -> None:
    for parent in parents:
        for path in parent.glob(f"{_PREFIX}{os.getuid()}-*"):
            with suppress(OSError):
                _remove_if_left(path)


def _remove_if_left(path: Path) -> None:
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        return
    if (lock := _locked(path)) is None:
        return
    try:
        shutil.rmtree(path)
    finally:
        os.close(lock)
