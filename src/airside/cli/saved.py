"""Which files of a workspace were saved, as they are."""

import queue
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from airside.base.errors import PlatformError

_TOP: Final = (
    "airside.toml",
    "requirements.txt",
    "requirements.lock",
    "pyproject.toml",
    "ruff.toml",
    ".ruff.toml",
)
"""Files at the top that hold for all others. They are looked at by their times: following the whole workspace would
follow its Python environment and its database."""

_BESIDES: Final = ("configs", "secrets", "policies", "tests")
"""Folders that count besides what ships."""

_INTERVAL: Final = 0.5
"""Seconds between two looks at the files at the top."""
_STEP: Final = 20
_DEBOUNCE: Final = 200
"""Milliseconds: a save is over when nothing happened for a step; many saves are one after the longer time."""


class Saved:
    """Follows the files of a workspace; a context manager.

    Args:
        root: The workspace.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._found: queue.Queue[frozenset[str] | Exception] = queue.Queue()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._top = self._stamps()
        self._places: Sequence[Path] = ()
        self._identities: Sequence[tuple[int, int] | None] = ()

    def __enter__(self) -> Self:
        """Follow nothing yet."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Follow nothing any more."""
        self._end()

    def forget(self) -> None:
        """Take what holds for everything as it is now; called before it is read, so that no later save is missed."""
        self._top = self._stamps()

    def follow(self, entries: Sequence[str]) -> None:
        """Follow these entries of the workspace, and what counts besides, in place of what was followed."""
        self._end()
        self._stop, self._found = threading.Event(), queue.Queue()
        self._places = [place for name in dict.fromkeys([*entries, *_BESIDES]) if (place := self._root / name).exists()]
        self._identities = [_identity(place) for place in self._places]
        self._thread = threading.Thread(target=self._follow, args=(self._places, self._stop, self._found), daemon=True)
        self._thread.start()

    def next(self) -> frozenset[str] | None:
        """Wait, and return what was saved, relative to the workspace; None where it holds for everything.

        A folder that is new or gone holds for everything too, and so does one in the place of another: git removes a
        folder that gets empty and makes it again, and nobody tells what happens in the new one.

        Raises:
            PlatformError: This machine does not let the files be followed.
        """
        while True:
            try:
                found = self._found.get(timeout=_INTERVAL)
            except queue.Empty:
                if self._stamps() != self._top or [_identity(place) for place in self._places] != self._identities:
                    return None
            else:
                if isinstance(found, Exception):
                    raise PlatformError(
                        f"The files cannot be followed: {found}",
                        hint="On Linux, raise fs.inotify.max_user_watches, or run `airside check` when you need it.",
                    ) from found
                return found

    def _follow(
        self, places: Sequence[Path], stop: threading.Event, found: "queue.Queue[frozenset[str] | Exception]"
    ) -> None:
        from watchfiles import watch

        try:
            for changes in watch(*places, stop_event=stop, step=_STEP, debounce=_DEBOUNCE, raise_interrupt=False):
                paths = {Path(path) for _, path in changes}
                found.put(frozenset(path.relative_to(self._root).as_posix() for path in paths))
        except (OSError, RuntimeError) as error:  # what watchfiles makes of its own library's errors
            found.put(error)

    def _stamps(self) -> tuple[object, ...]:
        return (*(_stamp(self._root / name) for name in _TOP), *((self._root / name).is_dir() for name in _BESIDES))

    def _end(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
