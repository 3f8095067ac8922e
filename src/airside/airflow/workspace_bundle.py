"""`WorkspaceBundle`: the working tree of a workspace, live, as environment `dev`.

Airflow notices by itself when a DAG file is added or deleted. It does not know which files import a changed
module of `lib/` or read a changed config; this bundle has them parsed again.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from airflow.dag_processing.bundles.base import BaseDagBundle
from airflow.models.dag import DagModel
from airflow.models.dagbag import DagPriorityParsingRequest
from airflow.models.errors import ParseImportError
from airflow.utils.session import create_session
from sqlalchemy import delete, select

from airside.base.errors import PlatformError
from airside.running.current import LOCAL
from airside.running.serving import announce

Stamp = tuple[int, int, int]


class WorkspaceBundle(BaseDagBundle):
    """A folder that is served as it is at the moment.

    Args:
        path: The folder. Entries at its top are links to the workspace's own folders.
        **kwargs: What Airflow gives every bundle.
    """

    supports_versioning = False

    def __init__(self, *, path: str, **kwargs: Any) -> None:
        kwargs.pop("version_data", None)  # Airflow 3.4 passes it
        super().__init__(**kwargs)
        self._path = Path(path)
        self._stamps: dict[str, Stamp] | None = None

    @property
    def path(self) -> Path:
        """The folder."""
        return self._path

    def initialize(self) -> None:
        """Say whose files these are, for processes that run their code."""
        announce(self._path, LOCAL)
        super().initialize()

    def get_current_version(self) -> None:
        """Return None: the working tree has no versions."""

    def refresh(self) -> None:
        """Have DAG files parsed again that changed, or that may import or read a file that changed.

        Raises:
            PlatformError: Two links lead to one folder, which would end the dag processor.
        """
        stamps = dict(self._walk())
        before, self._stamps = self._stamps, stamps
        if before is not None and before != stamps:
            self._request_parsing({path for path, _ in before.items() ^ stamps.items()})

    def _walk(self) -> Iterator[tuple[str, Stamp]]:
        """Yield the state of every file by its relative path, and refuse what Airflow's own walk dies of."""
        visited: set[tuple[int, int]] = set()
        for folder, names, files in os.walk(self._path, followlinks=True):
            status = Path(folder).stat()
            if (identity := (status.st_dev, status.st_ino)) in visited:
                # list_py_file_paths raises RuntimeError, unprotected (airflow/dag_processing/manager.py 3.3.2).
                raise PlatformError(
                    f"Two links lead to the folder {os.path.realpath(folder)}", hint="Remove the link; copy the folder."
                )
            visited.add(identity)
            names[:] = [name for name in names if name != "__pycache__" and not name.startswith(".")]
            yield from _stamps(self._path, folder, files)

    def _request_parsing(self, changed: set[str]) -> None:
        """Put DAG files of this bundle at the front of the queue, as the UI's button does for one.

        The changed ones; all of them if another file changed, which any may import. Airflow itself misses a
        change that is saved while the one before it is being parsed, for half a minute: it compares the time of
        the file with that of the end of the last parse (airflow/dag_processing/manager.py 3.3.2).
        """
        with create_session() as session:
            known = session.scalars(select(DagModel.relative_fileloc).where(DagModel.bundle_name == self.name))
            broken = session.scalars(select(ParseImportError.filename).where(ParseImportError.bundle_name == self.name))
            paths = {path for path in (*known, *broken) if path}
            concerned = paths & changed if changed <= paths else paths
            session.execute(delete(DagPriorityParsingRequest).where(DagPriorityParsingRequest.bundle_name == self.name))
            session.add_all(DagPriorityParsingRequest(self.name, path) for path in sorted(concerned))


def _stamps(root: Path, folder: str, files: Iterable[str]) -> Iterator[tuple[str, Stamp]]:
    for name in files:
        path = Path(folder, name)
        try:
            status = path.stat()
        except FileNotFoundError:  # deleted while we looked, or a link to nothing
            continue
        yield path.relative_to(root).as_posix(), (status.st_mtime_ns, status.st_size, status.st_ino)
