"""Files with private keys: made for their owner alone, and refused when others can read them."""

import os
import stat
from pathlib import Path

from airside.base.errors import UsageError

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_MAX_BYTES = 64 * 1024


def make_private_folder(folder: Path) -> None:
    """Make `folder`, with its parents, for its owner alone.

    Raises:
        UsageError: It cannot be made, or is open to others.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.lstat()
    except OSError as error:
        raise UsageError(f"The folder {folder} cannot be made: {error.strerror}") from error
    if not stat.S_ISDIR(status.st_mode) or status.st_mode & _OTHERS:
        raise UsageError(f"The folder {folder} is a link, or open to other accounts", hint=f"chmod 700 {folder}")


def write_new(path: Path, data: bytes, *, mode: int) -> None:
    """Write `data`, durably, to the new file `path`. What is there, a link included, is never replaced.

    Raises:
        FileExistsError: There is something of that name.
        UsageError: It cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def read_private(path: Path, *, follow: bool) -> bytes:
    """Return the content of the file `path`, which only its owner can read.

    Args:
        path: The file.
        follow: Whether it may be a link, as files are that Kubernetes mounts.

    Raises:
        UsageError: It cannot be read, is a link, or is open to others.
    """
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW)
    try:
        with os.fdopen(os.open(path, flags), "rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read(_MAX_BYTES) if stat.S_ISREG(mode) else b""
    except OSError as error:
        reason = "it is a link" if not follow and path.is_symlink() else error.strerror
        raise UsageError(f"The key file {path} cannot be used: {reason}") from error
    if not stat.S_ISREG(mode):
        raise UsageError(f"The key file {path} is not a file")
    if mode & _OTHERS:
        raise UsageError(f"The key file {path} is open to other accounts", hint=f"chmod 600 {path}")
    return data
