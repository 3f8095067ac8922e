"""Files of a tree from elsewhere than the store: good for a repair when they give the very same tree."""

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from airside.base.digest import Digest
from airside.base.errors import FindingsError, PlatformError
from airside.release.source import SourceFile
from airside.release.tree import Tree

FindFiles = Callable[[Digest, Sequence[str]], Sequence[SourceFile] | None]
"""Returns the files of a tree, which the releases of these ids hold; None where they are not at hand."""


def are_tree(files: Sequence[SourceFile], tree: Digest) -> bool:
    """Tell whether `files` are `tree`, byte for byte."""
    try:
        return Tree.of_sources(files).digest == tree
    except FindingsError:
        return False


def files_below(folder: Path, tree: Digest) -> list[SourceFile] | None:
    """Return the files of `tree` from a folder of trees, such as that of an Airflow's bundle; None without them.

    Args:
        folder: Holds ``versions/<tree>``, or ``<tree>``, or is the tree.
        tree: Which one.

    Raises:
        PlatformError: A file cannot be read.
    """
    for place in (folder / "versions" / tree, folder / tree, folder):
        if place.is_dir() and are_tree(files := _read(place), tree):
            return files
    return None


def _read(folder: Path) -> list[SourceFile]:
    try:
        return [
            SourceFile(path.relative_to(folder).as_posix(), path.read_bytes(), executable=_is_executable(path))
            for path in _regular_files(folder)
        ]
    except OSError as error:
        raise PlatformError(
            f"{folder} cannot be read: {error.strerror or error}", hint="Look at its owner and mode."
        ) from error


def _regular_files(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in {"versions", "__pycache__"}]
        paths = (Path(root, name) for name in names)
        yield from (path for path in paths if stat.S_ISREG(path.lstat().st_mode))


def _is_executable(path: Path) -> bool:
    return bool(path.stat().st_mode & stat.S_IXUSR)
