"""Holding a version on disk for the life of a process.

Airflow's clean-up removes a version when it can lock the version's tracking file. Its own lock on it is
taken only after a task's file has been parsed (airflow/sdk/execution_time/task_runner.py 3.3.2), which
leaves a gap; this one is taken before the version is even looked at.
"""

import fcntl
import os
import weakref
from pathlib import Path

from airside.base import clock


class Hold:
    """A shared lock on a file descriptor, until `release`, the end of the object or that of the process."""

    def __init__(self, descriptor: int) -> None:
        self.release = weakref.finalize(self, os.close, descriptor)


def hold(tracking_file: Path) -> Hold | None:
    """Take a shared lock on `tracking_file`, made if missing.

    Waits while the clean-up holds it. Returns None where this account may not write the file, as with
    `run_as_user`: then the parent process holds the version.

    Raises:
        OSError: The disk is full.
    """
    try:
        tracking_file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = _locked(tracking_file)
        if os.fstat(descriptor).st_size == 0:
            # The form that Airflow reads: it keeps a version with an unreadable time for ever.
            os.write(descriptor, clock.now().isoformat().encode())
    except PermissionError:
        return None
    return Hold(descriptor)


def _locked(path: Path) -> int:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        # The clean-up unlinks the file while it holds the lock: a lock on an unlinked file protects nothing.
        if _is_linked(descriptor, path):
            return descriptor
        os.close(descriptor)


def _is_linked(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
