"""The files of a tree, as far as a check reads them itself."""

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from airside.base.errors import UsageError
from airside.release.ignoring import IGNORE_FILE
from airside.workspace.settings import STATE_FOLDER

LARGEST = 1024 * 1024
"""Bytes of a file; a larger one is data, and counts as empty."""

_NOT_OURS = frozenset({".git", STATE_FOLDER, "__pycache__", ".venv", "node_modules"})


def read_sources(root: Path, entries: Iterable[str]) -> Mapping[str, bytes]:
    """Return the content of every file below the `entries` of `root`, and of the ignore file there, by path.

    A file that is gone meanwhile, or that nobody may read, counts as empty: whoever imports it says what is wrong.

    Raises:
        UsageError: A name of a file is not UTF-8: no release can hold it, and no report can name it. Or one is a pipe,
            a socket or a device, which whoever reads it, ruff for one, waits for.
    """
    places = [root / IGNORE_FILE, *(root / entry for entry in entries)]
    return {_named(path): _content(root / path) for place in places for path in files_below(root, place)}


def files_below(root: Path, place: Path) -> Iterator[str]:
    """Yield the paths, relative to `root`, of the file `place` or of all files in the folder `place`."""
    if place.is_file():
        yield place.relative_to(root).as_posix()
    for folder, folders, files in os.walk(place):
        folders[:] = sorted(name for name in folders if name not in _NOT_OURS)
        relative = Path(folder).relative_to(root).as_posix()
        yield from (name if relative == "." else f"{relative}/{name}" for name in sorted(files))


def _content(path: Path) -> bytes:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise UsageError(f"{path} is a pipe, a socket or a device", hint="Remove it: no release can hold it.")
        return path.read_bytes() if found.st_size <= LARGEST else b""
    except OSError:
        return b""


def _named(path: str) -> str:
    try:
        path.encode()
    except UnicodeEncodeError as error:
        shown = os.fsencode(path).decode(errors="backslashreplace")
        raise UsageError(f"The name of the file {shown} is not UTF-8", hint="Rename it.") from error
    return path
