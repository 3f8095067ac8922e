"""What this needs of the kernel and Python has no name for; each does nothing where the kernel is another one."""

import contextlib
import ctypes
import os
import signal
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_CLONE_NEWNET = 0x40000000
_CLONE_NEWUSER = 0x10000000

_MADV_COLLAPSE = 25
_LARGE = 2 << 20

_LINUX = sys.platform == "linux"
_libc = ctypes.CDLL(None)


def die_with_parent() -> None:
    """Have this process killed when the thread that forked it ends."""
    if _LINUX:
        _libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends: no daemon gets away."""
    if _LINUX:
        _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def leave_the_network() -> None:
    """Move this process and its children into a network without interfaces, where the kernel lets us.

    An audit hook sees Python's own sockets only; a library in C, such as libpq, meets a network that is not there.
    Containers often forbid this; the audit hook is there then as well.
    """
    if not _LINUX or _libc.unshare(_CLONE_NEWNET) == 0:
        return
    user, group = os.getuid(), os.getgid()
    if _libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0:
        # Without a map this process would be nobody, and own none of its files.
        with contextlib.suppress(OSError):
            Path("/proc/self/setgroups").write_text("deny")
            Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
            Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def children(pid: int) -> list[int]:
    """Return the children of the main thread of a process; none where the kernel does not tell."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def resident_bytes(pid: int) -> int:
    """Return how much memory a process holds; 0 where the kernel does not tell, or when it has ended."""
    return _statm(pid, 1)


def use_large_pages() -> None:
    """Have the memory of this process in pages of 2 MiB, as far as may be: a fork copies their table in half the time.

    Linux does it since 6.1 (MADV_COLLAPSE), in a tenth of a second for 100 MiB.
    """
    if not _LINUX:
        return
    for line in Path("/proc/self/maps").read_text().splitlines():
        place, rights, _, _, _, *name = line.split()
        if rights == "rw-p" and name in ([], ["[heap]"]):
            start, end = (int(address, 16) for address in place.split("-"))
            start, end = -(-start // _LARGE) * _LARGE, end // _LARGE * _LARGE
            if start < end:
                _libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _MADV_COLLAPSE)


def forget_peak() -> None:
    """Let the peak of this process's memory be what it holds now."""
    if _LINUX:
        with contextlib.suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")


def data_bytes() -> int:
    """Return what of this process counts against RLIMIT_DATA."""
    return _statm(os.getpid(), 5)


def _statm(pid: int, column: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[column]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0
