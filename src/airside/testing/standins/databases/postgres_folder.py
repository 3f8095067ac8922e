"""Where a Postgres for tests has its files."""

import os
import tempfile
from pathlib import Path
from typing import Final

from airside.base.errors import PlatformError

_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
_ENOUGH: Final = 1 << 30


def new_folder(*, in_memory: bool) -> Path:
    """Return a new folder that other accounts may pass through.

    Args:
        in_memory: In memory, where there is plenty: a new database is 300 files, which take 20 ms there, and seconds on
            a disk that other tests write to. Programs may not run from there.

    Raises:
        PlatformError: It cannot be made.
    """
    try:
        folder = Path(
            tempfile.mkdtemp(prefix="airside-test-", dir=_MEMORY if in_memory and _is_memory_free() else None)
        )
        folder.chmod(0o711)
    except OSError as error:
        raise PlatformError(f"No folder can be made for a server: {error}", hint="Set TMPDIR.") from error
    return folder


def _is_memory_free() -> bool:
    if not os.access(_MEMORY, os.W_OK | os.X_OK):
        return False
    space = os.statvfs(_MEMORY)
    return space.f_bavail * space.f_frsize >= _ENOUGH
