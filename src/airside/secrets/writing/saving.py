"""Putting new bytes of a file in place, unless somebody else has changed it meanwhile."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from airside.base.errors import LostRaceError, UsageError
from airside.base.files import write_atomically


def read(path: Path) -> bytes | None:
    """Return the bytes of `path`; None where there is no such file.

    Raises:
        UsageError: It cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error


def save(path: Path, before: bytes | None, after: bytes) -> None:
    """Replace `path`, which held `before`, by `after`.

    Raises:
        LostRaceError: It holds something else by now.
        UsageError: It cannot be written.
    """
    try:
        path.parent.mkdir(exist_ok=True)
        _require_writable(path)
        with _alone(path.parent):
            if read(path) != before:
                raise LostRaceError(
                    f"{path} was changed by somebody else meanwhile; their change stays and yours was discarded",
                    hint="Do it again, on what is there now.",
                )
            write_atomically(path, after, mode=path.stat().st_mode & 0o777 if before is not None else 0o644)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def _require_writable(path: Path) -> None:
    # A rename would replace a file that its owner has made read-only.
    if path.exists() and not os.access(path, os.W_OK):
        raise UsageError(f"{path} is read-only", hint=f"chmod u+w {path}")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
