"""Where something is: from the file names that Python knows to paths in the tree."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType


class Tree:
    """The folder that Airflow reads, and the paths of what is in it.

    A workspace under development is a farm of symbolic links: Python knows a file by its place in the farm, or by
    the place that the link leads to (`os.path.realpath`, `inspect`). Both have the same path in the tree.
    """

    def __init__(self, root: Path) -> None:
        # Not resolved: Airflow's module names and `fileloc` come from the path that it was given.
        self.root = Path(os.path.abspath(root))  # noqa: PTH100 - as above
        places = {f"{self.root}/": "", f"{os.path.realpath(root)}/": ""}
        for link in _links(self.root):
            places[os.path.realpath(link)] = link.relative_to(self.root).as_posix()
        # The longest first: an entry may lie in another.
        self._places = sorted(places.items(), key=lambda place: -len(place[0]))
        self._known: dict[str, str | None] = {}

    def path(self, filename: str | None) -> str | None:
        """Return the path in the tree of this absolute file name; None for what is not in it."""
        if filename is None:
            return None
        if filename not in self._known:
            self._known[filename] = self._find(os.path.normpath(filename)) if filename.startswith("/") else None
        return self._known[filename]

    def caller(self, frame: FrameType | None = None) -> tuple[str, int] | None:
        """Return the innermost line of the tree that is being run, seen from `frame` or from the caller of this."""
        frame = frame or sys._getframe(1)  # noqa: SLF001 - the `inspect` way reads source files
        while frame is not None:
            path = self.path(frame.f_code.co_filename)
            if path is not None:
                return path, frame.f_lineno
            frame = frame.f_back
        return None

    def _find(self, filename: str) -> str | None:
        for place, path in self._places:
            if filename == place or (filename.startswith(place) and (not path or filename[len(place)] == "/")):
                return path + filename[len(place) :]
        return None


def _links(root: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(root):
        # Links to folders are not followed: only the farm itself is searched.
        yield from (path for name in (*folders, *files) if (path := Path(folder, name)).is_symlink())
