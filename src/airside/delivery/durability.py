"""Making what was written survive a loss of power: file by file, or the whole file system in one go.

An fsync waits for the disk, and 2,000 of them take longer than all other work together, even from many threads.
`syncfs` waits once. It writes out what all other programs left too, so it is used only while that is little.
"""

import ctypes
import os
import platform
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

MANY_FILES: Final = 64
"""Files from which one `syncfs` is faster than their fsyncs."""

_LITTLE_BYTES: Final = 128 * 1024 * 1024
"""What all programs may have waiting for the disk: a slow one takes a second for it."""

_MEMINFO = Path("/proc/meminfo")
_DIRTY = re.compile(r"^(?:Dirty|Writeback):\s+(\d+) kB$", re.MULTILINE)


def can_sync_all(files: int) -> bool:
    """Tell whether `files` files are better made durable by `sync_all` than one by one."""
    return files >= MANY_FILES and _syncfs() is not None and _waiting_bytes() <= _LITTLE_BYTES


def sync_all(descriptor: int) -> None:
    """Make everything durable that was written to the file system of `descriptor`.

    Args:
        descriptor: Opened before anything was written: errors since then are reported.

    Raises:
        OSError: The disk is full or fails.
    """
    syncfs = _syncfs()
    if syncfs is None or syncfs(descriptor) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


@cache
def _syncfs() -> Callable[[int], int] | None:
    """Return the system call, or None where it is missing or keeps errors to itself, as before Linux 5.8."""
    version = re.match(r"(\d+)\.(\d+)", platform.release())
    if platform.system() != "Linux" or version is None or tuple(map(int, version.groups())) < (5, 8):
        return None
    found: Callable[[int], int] | None = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    return found


def _waiting_bytes() -> float:
    try:
        found = _DIRTY.findall(_MEMINFO.read_text())
    except OSError:
        return float("inf")
    return sum(map(int, found)) * 1024 if found else float("inf")
