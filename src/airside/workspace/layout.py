"""The folder that the local Airflow serves as environment `dev`: the working tree, without what does not ship.

It is a farm of symbolic links, so an edit is live at once, and Airflow sees the paths that a release will have.
"""

import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from airside.base.errors import WorkspaceError
from airside.base.files import write_atomically
from airside.running.current import DEFAULTS
from airside.workspace.settings import STATE_FOLDER
from airside.workspace.workspace import Workspace

IGNORE_FILE = ".airflowignore"
TRUST_FILE = "trust.toml"
_GLOB = str.maketrans({"*": r"\*", "?": r"\?", "[": r"\[", "#": "?"})
"""A `#` cannot be escaped: Airflow cuts a line there (airflow/_shared/module_loading/file_discovery.py 3.3.2)."""


def ignore_file(folders: Iterable[str], files: Iterable[str]) -> bytes:
    """Return the root `.airflowignore` that keeps these entries from being searched for workflows.

    An entry is still importable. Each is one anchored line: ``/lib/`` for a folder, ``/helper.py`` for a file.
    """
    lines = [f"/{entry.translate(_GLOB)}/" for entry in folders] + [f"/{entry.translate(_GLOB)}" for entry in files]
    return "".join(f"{line}\n" for line in sorted(lines)).encode()


def state_folder(root: Path) -> Path:
    """Return the folder for what belongs to this machine, made where it is missing; git ignores all of it.

    Raises:
        WorkspaceError: It cannot be made.
    """
    folder = root / STATE_FOLDER
    try:
        folder.mkdir(exist_ok=True)
        _write_if_changed(folder / ".gitignore", b"*\n")
    except OSError as error:
        raise WorkspaceError(f"{folder} cannot be made: {error.strerror}") from error
    return folder


def trust_file(workspace: Workspace) -> Path | None:
    """Return the file that says whose signatures each environment demands; None where the workspace has none."""
    path = workspace.root / TRUST_FILE
    # A link to nowhere is no "there is none": whoever reads it says what is wrong.
    return path if path.exists() or path.is_symlink() else None


def serve_folder(workspace: Workspace) -> Path:
    """Return `.airside/dev`, brought up to date with the workspace's `dags` and `include`.

    Idempotent. Each entry changes atomically, so that an Airflow that reads the folder never misses one that stays.
    Only links, folders and files that this function made are ever removed.

    Raises:
        WorkspaceError: The folder cannot be written, or holds files of somebody else.
    """
    folder = state_folder(workspace.root) / "dev"
    section = workspace.settings.workspace
    wanted = {entry: workspace.root / entry for entry in section.entries}
    hidden = {entry: (workspace.root / entry).is_dir() for entry in section.include}
    ignored = ignore_file(
        (e for e, is_dir in hidden.items() if is_dir), (e for e, is_dir in hidden.items() if not is_dir)
    )
    try:
        folder.mkdir(exist_ok=True)
        _remove_stale(folder, wanted)
        _write_if_changed(folder / IGNORE_FILE, ignored)
        _write_defaults(folder, workspace.settings.defaults.encoded())
        for entry, target in wanted.items():
            _link(folder, entry, target)
    except OSError as error:
        raise WorkspaceError(
            f"{folder} cannot be brought up to date: {error}", hint=f"Remove {folder}; it is made anew."
        ) from error
    return folder


def _remove_stale(folder: Path, wanted: Mapping[str, Path]) -> None:
    for place, folders, files in os.walk(folder, topdown=False):
        for name in (*folders, *files):
            path = Path(place, name)
            entry = path.relative_to(folder).as_posix()
            if path.is_symlink() and entry not in wanted:
                path.unlink()
            elif name in folders and not path.is_symlink() and not any(path.iterdir()):
                path.rmdir()


def _write_if_changed(path: Path, data: bytes) -> None:
    if not path.is_file() or path.read_bytes() != data:
        write_atomically(path, data)


def _write_defaults(folder: Path, content: bytes | None) -> None:
    if content is None:
        (folder / DEFAULTS).unlink(missing_ok=True)
    else:
        _write_if_changed(folder / DEFAULTS, content)


def _link(folder: Path, entry: str, target: Path) -> None:
    link = folder / entry
    link.parent.mkdir(parents=True, exist_ok=True)
    # Relative, so that the workspace can be moved.
    text = os.path.relpath(target, link.parent)
    if link.is_symlink() and link.readlink() == Path(text):
        return
    # The new link is made outside the folder, where Airflow does not look.
    temporary = folder.parent / f".link.{secrets.token_hex(8)}"
    temporary.symlink_to(text)
    try:
        temporary.replace(link)
    except OSError:
        temporary.unlink()
        raise
