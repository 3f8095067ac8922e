"""The folder that trees are kept in: nobody else may write to it, so that nothing in it was planted.

Every folder below was made by us, or was looked at before it is used. After that a path below the root can
be trusted as far as its last name, and what opens that follows no link.
"""

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from airside.base.errors import PlatformError

VERSIONS: Final = "versions"
STATE: Final = ".state"
STAGING: Final = ".staging"
LOCKS: Final = ".locks"
TRACKING: Final = "tracking"

FOLDER_MODE: Final = 0o755
"""Of a version and the folders in it. They stay writable for their owner: Airflow removes old versions with
`shutil.rmtree`, and a folder without write permission makes that raise in the scheduler's loop
(airflow/dag_processing/bundles/base.py 3.3.2)."""

_CLOSED: Final = 0o700
_PASSABLE: Final = 0o711
_WRITABLE_BY_OTHERS: Final = 0o022


@dataclass(frozen=True, slots=True)
class PrivateRoot:
    """The root of the trees on a disk.

    Attributes:
        path: Where.
        shared: Whether other accounts of this machine may read trees whose name they know, as Airflow's
            `run_as_user` needs. They can list neither the trees nor what is being written.
    """

    path: Path
    shared: bool

    def require(self) -> None:
        """Make the root and the folders in it where they are missing, and look at them where they are there.

        Raises:
            PlatformError: One of them is a link or no folder, belongs to another account, or may be written by others.
            OSError: The disk is full or cannot be written.
        """
        passable = _PASSABLE if self.shared else _CLOSED
        if not os.path.lexists(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
        for folder, mode in (
            (self.path, passable),
            (self.path / VERSIONS, FOLDER_MODE),
            (self.path / STATE, passable),
            (self.path / STAGING, _CLOSED),
            (self.path / LOCKS, _CLOSED),
        ):
            _make(folder, mode)
        if os.path.lexists(self.path / TRACKING):
            _make(self.path / TRACKING, FOLDER_MODE)

    def require_readable(self) -> bool:
        """Return whether there are trees here to read; makes nothing.

        Raises:
            PlatformError: The root or a folder in it is not what it should be. A shared one may be another account's.
        """
        try:
            for folder in (self.path, self.path / VERSIONS, self.path / STATE):
                _check(folder, folder.lstat(), any_owner=self.shared)
        except (FileNotFoundError, PermissionError):
            return False
        return True


def _make(folder: Path, mode: int) -> None:
    with suppress(FileExistsError):
        folder.mkdir(mode=_CLOSED)
    found = folder.lstat()
    _check(folder, found, any_owner=False)
    if stat.S_IMODE(found.st_mode) != mode and found.st_uid == os.geteuid():
        folder.chmod(mode)


def _check(folder: Path, found: os.stat_result, *, any_owner: bool) -> None:
    if not stat.S_ISDIR(found.st_mode):
        raise PlatformError(
            f"{folder} is not a folder", hint="Releases are kept in a real one. Find out who made it, and remove it."
        )
    if not any_owner and found.st_uid not in {os.geteuid(), 0}:
        raise PlatformError(
            f"{folder} belongs to the account {found.st_uid}, and this is {os.geteuid()}",
            hint="Another account could change the releases that are served. Name a folder of this account.",
        )
    if found.st_mode & _WRITABLE_BY_OTHERS:
        raise PlatformError(
            f"{folder} may be written by other accounts (mode {stat.S_IMODE(found.st_mode):04o})",
            hint=f"They could change the releases that are served. Look at what is in it, then `chmod go-w {folder}`.",
        )
