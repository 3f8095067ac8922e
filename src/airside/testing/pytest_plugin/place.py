"""Where the workflows of a test are: the workspace around it, or the folder that pytest is told."""

from pathlib import Path

import pytest

from airside.base.errors import UsageError, WorkspaceError
from airside.testing.processes import Source
from airside.testing.pytest_plugin.case_files import INI, OPTION, SETTINGS, dags_around, workspace_around
from airside.workspace.reading import read_settings


def source_of(config: pytest.Config, folder: Path) -> Source:
    """Return where workflows come from for a test in `folder`.

    The first of: the option `--dags-folder`; the ini value `airside_dags_folder`; the workspace around the test; the
    folder `dags` of the project, or the nearest one above the test.

    Raises:
        UsageError: There is no such folder, or none of these.
        WorkspaceError: The `airside.toml` of the workspace does not hold.
    """
    workspace = workspace_around(folder)
    told = _told(config) or _of_workspace(workspace)
    around = None if told else dags_around(config.rootpath, folder)
    dags_folder = told or around or config.rootpath / "dags"
    if not dags_folder.is_dir():
        raise UsageError(f"There is no folder of workflows at {dags_folder}", hint=f"Name it with {OPTION}.")
    if workspace is not None:
        return Source(workspace, dags_folder)
    # A workspace is importable as its release will be. Nothing else says what another project has on `PYTHONPATH`.
    paths = tuple(config.getini("pythonpath"))
    if around is not None:
        return Source(around.parent, around, paths=paths)
    root = config.rootpath if dags_folder.is_relative_to(config.rootpath) else dags_folder
    return Source(root, dags_folder, paths=paths)


def _told(config: pytest.Config) -> Path | None:
    option: str | None = config.getoption(OPTION)
    if option:
        return (config.invocation_params.dir / option).resolve()
    ini: str = config.getini(INI)
    return ((config.inipath.parent if config.inipath else config.rootpath) / ini).resolve() if ini else None


def _of_workspace(root: Path | None) -> Path | None:
    if root is None:
        return None
    folder = root / read_settings(root / SETTINGS).workspace.dags
    if not folder.is_dir():
        raise WorkspaceError(f"The workspace {root} has no folder {folder.name!r}, where its workflows are")
    return folder
