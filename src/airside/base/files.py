"""Writing files so that a reader sees the old bytes or the new ones, and a crash leaves no others."""

import os
import secrets
from pathlib import Path


def write_atomically(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Replace `path` by `data`: unique temporary file, fsync, rename, fsync of the folder.

    Raises:
        OSError: The disk is full, or access is denied. `path` is as it was.
    """
    temporary = write_beside(path, data, mode=mode)
    try:
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_beside(path: Path, data: bytes, *, mode: int = 0o644) -> Path:
    """Write `data`, durably, to a new file in the folder of `path`, and return that file.

    Raises:
        OSError: The disk is full, or access is denied. No file is left.
    """
    temporary = path.parent / f".{path.name[:80]}.{secrets.token_hex(8)}.tmp"
    # The mode is set on the descriptor, since open() would subtract the umask from it.
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def sync_folder(path: Path) -> None:
    """Make the names in the folder `path` durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
