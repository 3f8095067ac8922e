"""SHA-256 digests as a type, so that a digest is never a bare string."""

import hashlib
import re
from typing import Self

_PATTERN = re.compile(r"sha256-[0-9a-f]{64}")


class Digest(str):
    """The text ``sha256-<64 hex digits>``: the name of some bytes in the store and in Airflow.

    It is one path segment of 71 characters, as Airflow asks of a bundle version.
    """

    __slots__ = ()

    @classmethod
    def of(cls, data: bytes | bytearray | memoryview) -> Self:
        """Return the digest of `data`."""
        return cls.from_hex(hashlib.sha256(data).hexdigest())

    @classmethod
    def from_hex(cls, hexdigest: str) -> Self:
        """Return the digest with these 64 hexadecimal digits."""
        return cls.parse(f"sha256-{hexdigest}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return `text` as a digest.

        Raises:
            ValueError: `text` is not of the form ``sha256-<64 hex digits>``.
        """
        if not _PATTERN.fullmatch(text):
            raise ValueError(f"not a digest of the form sha256-<64 hex digits>: {text[:100]!r}")
        return cls(text)

    @property
    def hex(self) -> str:
        """The 64 hexadecimal digits."""
        return self.removeprefix("sha256-")

    @property
    def short(self) -> str:
        """The first eight hexadecimal digits, for people."""
        return self.hex[:8]
