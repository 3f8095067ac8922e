"""Exchanging two folders in one step, where the system can."""

import ctypes
import errno
import os
import sys
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_UNABLE = frozenset({errno.ENOSYS, errno.EINVAL})
"""A kernel before 3.15, or a file system that cannot: overlayfs, some network ones."""


def exchange(first: Path, second: Path) -> bool:
    """Let `first` and `second`, which both exist on one file system, change places; False where that is not possible.

    renameat2(2) with RENAME_EXCHANGE: at every moment both names lead to something.

    Raises:
        OSError: It failed for another reason; nothing was changed.
    """
    if sys.platform != "linux":
        return False
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)  # musl has it since 1.2.5
    if renameat2 is None:
        return False
    if renameat2(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _UNABLE:
        return False
    raise OSError(number, os.strerror(number), str(second))
