"""What a demonstration leaves behind, and how it is cleared away."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from airside.base.errors import RefusedError
from airside.platform.local import find
from airside.platform.postgres import remove_postgres
from airside.workspace.settings import SETTINGS_FILE, STATE_FOLDER
from airside.workspace.workspace import open_workspace

MARK = Path(STATE_FOLDER) / "demonstration"
"""A file of this name says that a folder is a demonstration, which the next one may clear."""

_KEPT = {MARK.name, "env", ".gitignore"}
"""The Python environment takes ten seconds to build, and the next demonstration needs the same."""


def mark(folder: Path) -> None:
    """Make `folder` a demonstration's."""
    (folder / MARK).parent.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()


def stop(folder: Path) -> None:
    """Stop the Airflow of the demonstration in `folder`, if it runs."""
    if (folder / SETTINGS_FILE).exists() and (platform := find(open_workspace(folder))):
        platform.stop()


def clear(folder: Path) -> None:
    """Stop the demonstration in `folder` and remove it, but for its Python environment; nothing where there is none.

    Raises:
        RefusedError: The folder was not made by a demonstration.
    """
    if not folder.exists():
        return
    if not (folder / MARK).exists():
        raise RefusedError(f"{folder} exists and is not a demonstration", hint="Name another folder.")
    if (folder / SETTINGS_FILE).exists():
        stop(folder)
        remove_postgres(open_workspace(folder))
    _remove(path for path in folder.iterdir() if path.name != STATE_FOLDER)
    _remove(path for path in (folder / STATE_FOLDER).iterdir() if path.name not in _KEPT)


def _remove(paths: Iterable[Path]) -> None:
    for path in list(paths):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
