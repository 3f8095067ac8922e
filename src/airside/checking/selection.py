"""Which DAG files a change affects: those that changed, and those that import, read or name what changed."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from airside.base.errors import UsageError
from airside.checking.dependents import Dependents
from airside.checking.sources import files_below, read_sources
from airside.inspection.facts import FileFacts
from airside.workspace.settings import SETTINGS_FILE
from airside.workspace.workspace import Workspace

_FOR_ALL = frozenset(
    {SETTINGS_FILE, "requirements.txt", "requirements.lock", "pyproject.toml", "ruff.toml", ".ruff.toml"}
)
_FOLDERS_FOR_ALL = ("policies/", "secrets/")
_DAG_SUFFIXES = (".py", ".zip")


@dataclass(frozen=True, slots=True)
class Selection:
    """What is to be checked. All paths are paths in the tree.

    Attributes:
        dags: The files below the folder of DAG files that may define workflows; not all of them need to.
        files: All files whose source is checked: these, and what else was asked for.
        everything: The change may affect all files.
    """

    dags: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    everything: bool = False


EVERYTHING = Selection(everything=True)


def affected(workspace: Workspace, changed: Iterable[str], known: Iterable[FileFacts] = ()) -> Selection:
    """Return what a change of the files `changed` affects; a file of them may be gone.

    Args:
        workspace: The workspace they are in.
        changed: Paths relative to the workspace.
        known: What an earlier inspection saw files import and read.
    """
    chosen = sorted(set(changed))
    if any(_concerns_all(path) for path in chosen):
        return EVERYTHING
    sources = read_sources(workspace.root, workspace.settings.workspace.entries)
    texts = {path: content.decode(errors="replace") for path, content in sources.items()}
    found = Dependents(texts, {facts.file: (*facts.modules, *facts.reads) for facts in known}).of(chosen)
    there = {path for path in found if path in texts or (workspace.root / path).is_file()}
    dags = tuple(sorted(path for path in there if may_define_workflows(path, workspace.settings.workspace.dags)))
    files = {path for path in chosen if path in there}
    return Selection(dags=dags, files=tuple(sorted(files.union(dags))))


def may_define_workflows(path: str, dags: str) -> bool:
    """Tell whether Airflow looks for workflows in the file `path`, as far as its name says; `dags` is the folder."""
    return path.startswith(f"{dags}/") and path.endswith(_DAG_SUFFIXES)


def files_at(workspace: Workspace, folder: Path, paths: Sequence[str]) -> list[str] | None:
    """Return the files that the user means, relative to the workspace; None where that is all of it.

    Args:
        workspace: The workspace.
        folder: Where the user is; what is not there is looked for in the workspace.
        paths: Files and folders, as the user wrote them.

    Raises:
        UsageError: There is no such file or folder, or it is outside the workspace.
    """
    found: list[str] = []
    for path in paths:
        place = _existing(workspace, folder, path)
        if place == workspace.root:
            return None
        found += files_below(workspace.root, place)
    return found


def _concerns_all(path: str) -> bool:
    return path in _FOR_ALL or path.startswith(_FOLDERS_FOR_ALL) or Path(path).name == ".airflowignore"


def _existing(workspace: Workspace, folder: Path, path: str) -> Path:
    places = [Path(os.path.abspath(base / path)) for base in (folder.resolve(), workspace.root)]  # noqa: PTH100 - a link stays one
    place = next((place for place in places if place.exists()), None)
    if place is None:
        raise UsageError(
            f"There is no file or folder {path}", hint=f"Name one by its path from here or from {workspace.root}."
        )
    if not place.is_relative_to(workspace.root):
        raise UsageError(f"{path} is outside the workspace {workspace.root}", hint="Name the workspace with -C.")
    return place
