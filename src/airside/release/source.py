"""What a workspace hands over: files with their content, not yet checked."""

import hashlib
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class SourceFile:
    """One file that is to ship.

    Attributes:
        path: Relative, with slashes.
        content: All its bytes.
        executable: Whether its owner may execute it: the one bit of its mode that ships.
    """

    path: str
    content: bytes
    executable: bool = False

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the content, 64 hexadecimal digits."""
        return hashlib.sha256(self.content).hexdigest()
