"""A folder of this account for what lives as long as its processes: sockets and locks."""

import os
import tempfile
from pathlib import Path

from airside.base.errors import PlatformError


def private_folder() -> Path:
    """Return the folder, made where it is missing. Its path is short, as that of a Unix socket has to be.

    Raises:
        PlatformError: Somebody else made it, or others can enter it.
    """
    folder = Path(tempfile.gettempdir()) / f"airside-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if status.st_uid != os.getuid() or status.st_mode & 0o77 or folder.is_symlink():
        raise PlatformError(
            f"{folder} is not a private folder of this account", hint="Remove it, or set TMPDIR to a folder of yours."
        )
    return folder
