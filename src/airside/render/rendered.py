"""A file that was rendered."""

from dataclasses import dataclass

from airside.base.digest import Digest


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """A file, before it is written.

    Attributes:
        path: Relative to the folder that is rendered into, with slashes.
        text: All of it; ends with a newline.
        executable: It is a program.
    """

    path: str
    text: str
    executable: bool = False

    @property
    def data(self) -> bytes:
        """Its content."""
        return self.text.encode()

    @property
    def digest(self) -> Digest:
        """The digest of its content."""
        return Digest.of(self.data)
