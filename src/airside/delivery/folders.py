"""Comparing a folder with the tree that it should hold."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from airside.release.manifest import Manifest, ManifestFile

_MADE_BY_PYTHON = "__pycache__"
"""Never in a tree, and made by whoever imports from it."""


@dataclass(frozen=True, slots=True)
class Differences:
    """How a folder differs from a tree; paths relative to it, in order.

    Attributes:
        missing: Files of the tree that are not there.
        changed: Files whose content is another one.
        foreign: Whatever else is there: files, links, devices.
    """

    missing: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.missing or self.changed or self.foreign)

    @property
    def added_by_others(self) -> tuple[str, ...]:
        """What would be lost if the folder were replaced."""
        return self.changed + self.foreign


def compare(folder: Path, manifest: Manifest) -> Differences:
    """Return how `folder` differs from the tree of `manifest`. Every byte is read; modes and times are not looked at.

    Raises:
        OSError: The folder cannot be read.
    """
    wanted = {file.path: file for file in manifest.files}
    found = dict(_walk(os.fspath(folder), ""))
    regular = {path for path, is_file in found.items() if is_file}
    return Differences(
        missing=tuple(sorted(wanted.keys() - found.keys())),
        changed=tuple(sorted(path for path in wanted.keys() & regular if not _holds(folder, wanted[path]))),
        foreign=tuple(sorted((found.keys() - wanted.keys()) | (found.keys() - regular))),
    )


def _walk(folder: str, prefix: str) -> Iterator[tuple[str, bool]]:
    """Yield every path below `folder` that is not a folder, and whether it is a regular file."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name != _MADE_BY_PYTHON:
                    yield from _walk(entry.path, f"{prefix}{entry.name}/")
            else:
                yield f"{prefix}{entry.name}", entry.is_file(follow_symlinks=False)


def _holds(folder: Path, file: ManifestFile) -> bool:
    descriptor = os.open(folder / file.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as content:
        if os.fstat(content.fileno()).st_size != file.size:
            return False
        return hashlib.file_digest(content, "sha256").hexdigest() == file.sha256
