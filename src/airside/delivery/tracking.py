"""The stable path of the tree that a reader follows: a symbolic link, swapped atomically.

Airflow keeps a file's absolute path in its queue but stores the parse under the version that is current
when it ends, so the path must not change with the version (airflow/dag_processing/manager.py 3.3.2).
"""

import secrets
from dataclasses import dataclass
from pathlib import Path

from airside.base.digest import Digest
from airside.delivery.private_root import FOLDER_MODE, TRACKING, VERSIONS


@dataclass(frozen=True, slots=True)
class Tracking:
    """The link `<root>/tracking/current` to a version below `<root>/versions`."""

    root: Path

    @property
    def path(self) -> Path:
        """The stable path. It exists from `prepare` on, as an empty folder until the first release."""
        return self.root / TRACKING / "current"

    @property
    def empty(self) -> Path:
        """The empty folder."""
        return self.path.with_name("empty")

    def current(self) -> Digest | None:
        """Return the tree that the link leads to, or None. Never raises."""
        try:
            return Digest.parse(self.path.readlink().name)
        except (OSError, ValueError):
            return None

    def prepare(self) -> None:
        """Make the link lead to an empty folder, unless it is there.

        Raises:
            OSError: The disk is full or cannot be written.
        """
        # Not left to the umask: that of Airflow's own image lets the group write.
        self.path.parent.mkdir(mode=FOLDER_MODE, exist_ok=True)
        self.empty.mkdir(mode=FOLDER_MODE, exist_ok=True)
        if not self.path.is_symlink():
            self._link(Path(self.empty.name))

    def flip(self, tree: Digest) -> None:
        """Let the link lead to `tree`, which is on disk, in one step.

        Raises:
            OSError: The disk is full or cannot be written.
        """
        self._link(Path("..") / VERSIONS / tree)

    def _link(self, target: Path) -> None:
        temporary = self.path.with_name(f".{secrets.token_hex(8)}")
        temporary.symlink_to(target)
        try:
            temporary.replace(self.path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
