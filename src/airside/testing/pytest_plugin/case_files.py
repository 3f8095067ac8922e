"""Which YAML files hold cases."""

from functools import cache
from pathlib import Path
from typing import Final

import pytest

SETTINGS: Final = "airside.toml"
OPTION: Final = "--dags-folder"
INI: Final = "airside_dags_folder"
FOLDER: Final = Path("tests", "functional")
SUFFIXES: Final = (".airside.yaml", ".airside.yml")


def has_cases(file: Path, parent: pytest.Collector) -> bool:
    """Say whether a YAML file holds cases.

    Those below the folders that the ini value `airside_cases` names do; without it, those below `tests/functional` of
    a workspace, or of a project whose folder of workflows is configured. There, and in a project that has a folder
    `dags`, also `*.airside.yaml` and those named on the command line.
    """
    config = parent.config
    folders: list[Path] = config.getini("airside_cases")
    if any(file.is_relative_to(folder) for folder in folders):
        return True
    root = workspace_around(file.parent)
    is_configured = root is not None or bool(config.getoption(OPTION) or config.getini(INI))
    if not is_configured and dags_around(config.rootpath, file.parent) is None:
        return False
    if file.name.endswith(SUFFIXES) or parent.session.isinitpath(file):
        return True
    return is_configured and not folders and file.is_relative_to((root or config.rootpath) / FOLDER)


@cache
def dags_around(root: Path, folder: Path) -> Path | None:
    """Return the folder `dags` that a test in `folder` is for where nothing is configured.

    That of pytest's root; or else, because the root of pytest in a project without settings is where it was started,
    the nearest one from the test upwards. Tests are often in a `tests/dags` of their own, which is not meant.
    """
    places = (place / "dags" for place in (root, folder, *folder.parents))
    return next((place for place in places if place.is_dir() and not folder.is_relative_to(place)), None)


@cache
def workspace_around(folder: Path) -> Path | None:
    """Return the nearest folder from `folder` upwards that has an `airside.toml`."""
    return next((place for place in (folder, *folder.parents) if (place / SETTINGS).is_file()), None)
