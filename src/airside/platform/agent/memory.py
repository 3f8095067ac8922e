"""What an agent has to remember over a restart: for which tree its command ran, and when versions were left."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from airside.base.errors import PlatformError
from airside.base.files import write_atomically


class Remembered(msgspec.Struct, frozen=True, kw_only=True):
    """The content of the file.

    Attributes:
        hooked: The tree for which the command succeeded last.
        retired: When each version that is not current any more was left, seconds since 1970 by this machine's clock.
    """

    hooked: str | None = None
    retired: Mapping[str, float] = {}


@dataclass(frozen=True, slots=True)
class Memory:
    """The file `path`. One that is missing or damaged remembers nothing: commands run once more, nothing is lost."""

    path: Path

    def read(self) -> Remembered:
        """Return what is remembered."""
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=Remembered)
        except (OSError, msgspec.DecodeError):
            return Remembered()

    def write(self, remembered: Remembered) -> None:
        """Remember this, unless it is what is remembered already.

        Raises:
            PlatformError: The disk is full or cannot be written.
        """
        if remembered == self.read():
            return
        try:
            write_atomically(self.path, msgspec.json.encode(remembered), mode=0o600)
        except OSError as error:
            raise PlatformError(
                f"Cannot write {self.path}: {error.strerror or error}", hint="Look at its owner, and the room there."
            ) from error
