"""The stand-in `files`."""

import shutil
from pathlib import Path, PurePosixPath

import msgspec

from airside.base.errors import UsageError
from airside.testing.standins.contents import Contents, content
from airside.testing.standins.naming import folder_of, free_path
from airside.testing.standins.options import Options
from airside.testing.standins.port import Reached, Surroundings


class Files(Options, frozen=True, kw_only=True):
    """A folder of files; the options are those of `airside.testing.files`."""

    contents: Contents = msgspec.field(default_factory=dict)
    copy: str | None = None

    def start(self, name: str, surroundings: Surroundings) -> "RunningFiles":
        """Make the folder, in that of the run.

        Raises:
            UsageError: What is given cannot be read.
        """
        given = folder_of(self.folder, surroundings)
        place = free_path(surroundings.scratch, name)
        if self.copy is None:
            place.mkdir()
        else:
            _copy(given / self.copy, place, self.copy)
        for path, each in self.contents.items():
            _write(place, path, content(f"{path} of {name}", each, given))
        return self.extended(RunningFiles(place))


class RunningFiles:
    """A folder of one test; its path is the `path` in the connection's extra, as `FSHook` wants it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.reached = Reached({"conn_type": "fs", "extra": {"path": str(path)}})

    def close(self) -> None:
        """Leave the files: they go with the folder of the run."""

    def files(self, pattern: str = "**") -> dict[str, bytes]:
        """As `HasFiles`."""
        try:
            found = sorted(self.path.glob("**/*" if pattern == "**" else pattern))
        except (ValueError, NotImplementedError) as error:
            raise UsageError(f"{pattern!r} is no pattern of files: {error}", hint="For example out/*.csv.") from error
        return {each.relative_to(self.path).as_posix(): each.read_bytes() for each in found if each.is_file()}


def _copy(source: Path, target: Path, given: str) -> None:
    if not source.is_dir():
        raise UsageError(f"There is no folder {given!r} to copy ({source})", hint="It is relative to that of the test.")
    try:
        shutil.copytree(source, target)
    except (OSError, shutil.Error) as error:
        raise UsageError(f"The folder {given!r} cannot be copied: {error}") from error


def _write(place: Path, path: str, data: bytes) -> None:
    relative = PurePosixPath(path)
    if relative.is_absolute() or ".." in relative.parts or not relative.parts:
        raise UsageError(f"{path!r} is no path of a file in a folder", hint="For example in/orders.csv.")
    target = place / relative
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    except OSError as error:
        raise UsageError(f"The file {path!r} cannot be written: {error.strerror}") from error
