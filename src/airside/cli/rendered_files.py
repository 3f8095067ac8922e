"""Rendered files and overlays on disk."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from airside.base.errors import UsageError, WorkspaceError
from airside.base.files import write_atomically
from airside.render.drift import Difference, FoundFile, Record, State, decode_record, encode_record
from airside.render.rendered import RenderedFile
from airside.workspace.layout import trust_file
from airside.workspace.workspace import Workspace

_PROGRAM = 0o755
_FILE = 0o644
_NO_OVERLAYS = frozenset({".gitkeep", ".DS_Store"})


def read_trust(workspace: Workspace) -> str | None:
    """Return the text of `trust.toml`; None where there is none.

    Raises:
        WorkspaceError: It cannot be read.
    """
    if (path := trust_file(workspace)) is None:
        return None
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WorkspaceError(f"{path} cannot be read: {error}") from error


def read_overlays(folder: Path) -> dict[str, str]:
    """Return the overlays in `folder`, by the path of the file that each is for; none where there is no folder.

    Raises:
        UsageError: One cannot be read.
    """
    return {
        path.relative_to(folder).as_posix(): _text(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in _NO_OVERLAYS and not path.name.endswith("~")
    }


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise UsageError(f"The overlay {shown_path(path)} cannot be read: {why}") from error


def read_record(path: Path) -> Record:
    """Return what the last rendering wrote; nothing where there was none.

    Raises:
        UsageError: The file that remembers it is not whole.
    """
    data = _bytes(path)
    return decode_record(data, shown_path(path)) if data is not None else {}


def found_files(folder: Path, paths: Iterable[str]) -> dict[str, FoundFile]:
    """Return those of `paths` that are in `folder`.

    Raises:
        UsageError: One cannot be read, or is a folder.
    """
    found: dict[str, FoundFile] = {}
    for path in sorted(paths):
        if (data := _bytes(folder / path)) is not None:
            found[path] = FoundFile(data, os.access(folder / path, os.X_OK))
    return found


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UsageError(f"{shown_path(path)} cannot be read: {error.strerror}") from error


def write_files(folder: Path, files: Sequence[RenderedFile], differing: Sequence[Difference], record: str) -> None:
    """Write what differs, each file at once or not at all, and what the rendering was last.

    A rendering that is interrupted is repeated: a file that is as it should be counts as rendered.

    Raises:
        UsageError: The folder cannot be written.
    """
    states = {difference.path: difference.state for difference in differing}
    try:
        for file in files:
            if file.path in states:
                _write(folder / file.path, file.data, _PROGRAM if file.executable else _FILE)
        for path, state in states.items():
            if state is State.LEFT_OVER:
                (folder / path).unlink(missing_ok=True)
        _write(folder / record, encode_record(files), _FILE)
    except OSError as error:
        raise UsageError(
            f"{shown_path(Path(error.filename or folder))} cannot be written: {error.strerror}",
            hint="Name another folder with --out, or make room.",
        ) from error


def _write(path: Path, data: bytes, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, data, mode=mode)


def shown_path(path: Path) -> str:
    """Return `path` for people: relative to the current folder where it is below that."""
    absolute, here = path.absolute(), Path.cwd()
    return str(absolute.relative_to(here)) if absolute.is_relative_to(here) else str(absolute)
