"""Finding and opening a workspace."""

from dataclasses import dataclass
from pathlib import Path

from airside.base.errors import WorkspaceError
from airside.workspace.reading import read_settings
from airside.workspace.settings import SETTINGS_FILE, STATE_FOLDER, Settings


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder with an `airside.toml` that holds.

    Attributes:
        root: Its absolute path, symbolic links resolved.
    """

    root: Path
    settings: Settings

    @property
    def state(self) -> Path:
        """Where Airside keeps what belongs to this machine: the local Airflow, its environment, its database."""
        return self.root / STATE_FOLDER

    @property
    def name(self) -> str:
        """The name of the workspace, as releases carry it."""
        return self.settings.workspace.name


def open_workspace(start: Path, *, whole: bool = True) -> Workspace:
    """Return the workspace that the folder `start` is in: the nearest one upwards that has an `airside.toml`.

    Args:
        start: Where to look first.
        whole: Demand what the settings ship; a watcher of an Airflow elsewhere has the settings alone.

    Raises:
        WorkspaceError: There is none, or its `airside.toml` does not hold; all its faults are listed.
    """
    if not start.is_dir():
        raise WorkspaceError(f"There is no folder {start}", hint="Name a folder that exists with -C")
    folder = start.resolve()
    root = next((place for place in (folder, *folder.parents) if (place / SETTINGS_FILE).exists()), None)
    if root is None:
        raise WorkspaceError(
            f"There is no {SETTINGS_FILE} in {folder} or in a folder above it",
            hint="Make a workspace with `airside init DIR`, or name one with -C",
        )
    settings = read_settings(root / SETTINGS_FILE)
    if whole:
        _require_entries(root, settings)
    return Workspace(root, settings)


def store_location(workspace: Workspace) -> str:
    """Return the url of the workspace's store, a relative folder made absolute."""
    url = workspace.settings.store.url
    return url if "://" in url else str(workspace.root / url)


def _require_entries(root: Path, settings: Settings) -> None:
    section = settings.workspace
    faults = []
    if not (root / section.dags).is_dir():
        faults.append(f"{SETTINGS_FILE}: workspace.dags: there is no folder {section.dags!r}")
    faults += [
        f"{SETTINGS_FILE}: workspace.include: there is no file or folder {entry!r}"
        for entry in section.include
        if not (root / entry).exists()
    ]
    if faults:
        hint = f"Create it (git does not keep an empty folder), or correct {root / SETTINGS_FILE}"
        raise WorkspaceError("\n".join(faults), hint=hint)
