"""How far a source has been read: a small file, replaced in one step."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final, Generic, TypeVar

import msgspec

from airside.base.errors import IntegrityError, PlatformError
from airside.base.files import write_atomically

T = TypeVar("T", bound=msgspec.Struct)

MOST_TOLD: Final = 10_000
"""Things that are remembered as told. They are asked for by time with an overlap, so the newest come again."""


_LAZY: Final = 60.0


class Position(msgspec.Struct, frozen=True):
    """How far a list of Airflow's was read.

    Attributes:
        since: What changed earlier was looked at, in seconds since 1970 of Airflow's clock; None: nothing was.
        told: The keys of what was told.
    """

    since: float | None = None
    told: tuple[str, ...] = ()


def is_worth_writing(written: Position, now: Position) -> bool:
    """Tell whether what is on disk is too old.

    Time alone that went by is not written down each time: after a crash a minute more is looked at again, of which is
    known what was told.
    """
    if msgspec.structs.replace(now, since=written.since) != written:
        return True
    return now.since is not None and (written.since is None or now.since - written.since >= _LAZY)


class CursorFile(Generic[T]):
    """The file of one source.

    Args:
        path: Where; its folder is made.
        kind: What it holds; without arguments it is the state of a source that was never asked.
    """

    def __init__(self, path: Path, kind: type[T]) -> None:
        self._path, self._kind = path, kind
        self._data = b""

    def read(self) -> T:
        """Return what it holds.

        Raises:
            IntegrityError: It is not what `write` has written.
        """
        try:
            self._data = self._path.read_bytes()
        except FileNotFoundError:
            return self._kind()
        try:
            return msgspec.json.decode(self._data, type=self._kind)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise IntegrityError(
                f"{self._path} does not say how far alerts have come: {error}",
                hint="Remove it. What happened since it was written is then not told.",
            ) from error

    def write(self, state: T) -> None:
        """Replace what it holds, durably; without a change this costs no access of the disk.

        Raises:
            PlatformError: The disk is full, or access is denied.
        """
        data = msgspec.json.encode(state)
        if data == self._data:
            return
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(self._path, data, mode=0o600)
        except OSError as error:
            raise PlatformError(
                f"{self._path} cannot be written: {error.strerror}",
                hint="Alerts go on when it can; nothing is lost.",
            ) from error
        self._data = data


def remembered(told: Iterable[str], more: Iterable[str]) -> tuple[str, ...]:
    """Return `told` and `more`, without those that are too old."""
    return tuple(dict.fromkeys([*told, *more]))[-MOST_TOLD:]
