"""Landlock of Linux (https://docs.kernel.org/userspace-api/landlock.html): writes in some folders only.

An audit hook sees what Python writes. The kernel sees all: libraries in C, and the programs that a task starts. Where
it has no Landlock, or a container forbids it, there is the audit hook.
"""

import ctypes
import os
import platform
import stat
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_PR_SET_NO_NEW_PRIVS: Final = 38
_CREATE_RULESET: Final = 444
_ADD_RULE: Final = 445
_RESTRICT_SELF: Final = 446
"""System calls; the same numbers on every processor."""

_VERSION: Final = 1
_PATH_BENEATH: Final = 1
_WRITE_FILE: Final = 1 << 1
_TRUNCATE: Final = 1 << 14
_REFER: Final = 1 << 13
_OF_FILES: Final = _WRITE_FILE | _TRUNCATE
_OF_FOLDERS: Final = sum(1 << bit for bit in range(4, 13))
"""Removing and making each kind of file."""

_REFER_SINCE: Final = 2
_TRUNCATE_SINCE: Final = 3

_libc = ctypes.CDLL(None, use_errno=True)


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def write_only_in(places: Iterable[Path]) -> bool:
    """Let this process, and those that it starts, write in these folders and files only; there is no way back.

    Returns:
        Whether the kernel does so.
    """
    if sys.platform != "linux" or platform.machine() not in {"x86_64", "aarch64"}:
        return False
    version = _libc.syscall(_CREATE_RULESET, None, 0, _VERSION)
    if version < _REFER_SINCE:
        # The first one forbids every move from one folder to another.
        return False
    handled = _WRITE_FILE | _OF_FOLDERS | _REFER | (_TRUNCATE if version >= _TRUNCATE_SINCE else 0)
    attributes = ctypes.c_uint64(handled)
    ruleset = _libc.syscall(_CREATE_RULESET, ctypes.byref(attributes), 8, 0)
    if ruleset < 0:
        return False
    for place in places:
        _allow(ruleset, _existing(place), handled)
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    done: int = _libc.syscall(_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
    return done == 0


def _allow(ruleset: int, place: Path, handled: int) -> None:
    descriptor = os.open(place, os.O_PATH | os.O_CLOEXEC)
    is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
    rule = _Beneath(handled if is_folder else handled & _OF_FILES, descriptor)
    _libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0)
    os.close(descriptor)


def _existing(place: Path) -> Path:
    """Return a path, or the nearest folder above it that is there."""
    return next(path for path in (place, *place.parents) if path.exists())
