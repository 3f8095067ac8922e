"""Holding a version on disk for the life of a process.

Airflow's clean-up removes a version when it can lock the version's tracking file. Its own lock on it is
taken only after a task's file has been parsed (airflow/sdk/execution_time/task_runner.py 3.3.2), which
leaves a gap; this one is taken before the version is even looked at.
"""

import fcntl
import os
from pathlib import Path
from typing import IO

from airside.base import clock


def hold(tracking_file: Path) -> IO[str] | None:
    """Take a shared lock on `tracking_file`, made if missing, and return what holds it.

    Waits while the clean-up holds it. Returns None where this account may not write the file, as with
    `run_as_user`: then the parent process holds the version.

    Raises:
        OSError: The disk is full.
    """
    try:
        tracking_file.parent.mkdir(parents=True, exist_ok=True)
        while True:
            file = tracking_file.open("a+")
            fcntl.flock(file, fcntl.LOCK_SH)
            # The clean-up unlinks the file while it holds the lock: a lock on an unlinked file protects nothing.
            if _is_linked(file, tracking_file):
                break
            file.close()
        if os.fstat(file.fileno()).st_size == 0:
            # The form that Airflow reads: an unreadable time would keep the version for ever.
            file.write(clock.now().isoformat())
            file.flush()
    except PermissionError:
        return None
    return file


def _is_linked(file: IO[str], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
