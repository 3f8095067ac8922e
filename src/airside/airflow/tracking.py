"""The stable path of the tree that a dag processor follows: a symbolic link, swapped atomically.

Airflow keeps a file's absolute path in its queue but stores the parse under the version that is current
when it ends, so the path must not change with the version (airflow/dag_processing/manager.py 3.3.2).
"""

import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from airside.base.digest import Digest
from airside.delivery.checkouts import Checkouts
from airside.release.manifest import Manifest, ManifestFile


@dataclass(frozen=True, slots=True)
class Tracking:
    """The link `<root>/tracking/current` to a version below `<root>/versions`."""

    root: Path

    @property
    def path(self) -> Path:
        """The stable path. It exists from `prepare` on, as an empty folder until the first release."""
        return self.root / "tracking" / "current"

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
        empty = self.path.with_name("empty")
        empty.mkdir(parents=True, exist_ok=True)
        if not self.path.is_symlink():
            self._link(Path(empty.name))

    def flip(self, manifest: Manifest) -> None:
        """Let the link lead to the tree of `manifest`, which is on disk, in one step.

        Raises:
            OSError: The disk is full or cannot be written.
        """
        _touch(Checkouts(self.root).folder(manifest.digest), self._changed(manifest))
        self._link(Path("..") / "versions" / manifest.digest)

    def _changed(self, manifest: Manifest) -> list[ManifestFile]:
        """Return the files of `manifest`, those that differ from the current tree last."""
        before = (current := self.current()) and Checkouts(self.root).manifest(current)
        known = {(file.path, file.sha256) for file in before.files} if before else set()
        return sorted(manifest.files, key=lambda file: (file.path, file.sha256) not in known)

    def _link(self, target: Path) -> None:
        temporary = self.path.with_name(f".{secrets.token_hex(8)}")
        temporary.symlink_to(target)
        try:
            temporary.replace(self.path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise


def _touch(folder: Path, files: list[ManifestFile]) -> None:
    """Give every file a time of change after its last parse, later ones in the list later times.

    Airflow parses a file again before its interval ends only if it was changed after its last parse, the
    last changed first. Every workflow must be parsed to be served in the new version.
    """
    moment = time.time_ns()
    for index, file in enumerate(files):
        os.utime(folder / file.path, ns=(moment + index, moment + index))
