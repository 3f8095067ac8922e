"""The tree: the exact set of files that Airflow will see, and the digest that names it."""

from collections.abc import Iterable
from functools import cached_property
from typing import Annotated, Self

import msgspec

from airside.base.digest import Digest
from airside.base.errors import FindingsError
from airside.release.encoding import canonical
from airside.release.source import SourceFile
from airside.release.validation import listing_faults

Sha256 = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
"""64 lower-case hexadecimal digits."""

Size = Annotated[int, msgspec.Meta(ge=0)]
"""A number of bytes."""


class File(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One file of a tree.

    Attributes:
        path: Relative, with slashes; follows the rules of `airside.base.paths`.
        sha256: Of its content, 64 hexadecimal digits.
        size: In bytes.
        executable: Whether its owner may execute it.
    """

    path: str
    sha256: Sha256
    size: Size
    executable: bool


class Tree(msgspec.Struct, frozen=True, dict=True):
    """A set of files, in the order of their paths. Make one with `of` or `of_sources`.

    Attributes:
        files: Sorted by path, bytewise in UTF-8.
    """

    files: tuple[File, ...]

    @classmethod
    def of(cls, files: Iterable[File]) -> Self:
        """Return the tree of `files`, given in any order.

        Raises:
            FindingsError: A path is bad, or two of them cannot be in one folder.
        """
        # Python compares code points, which is the order of their UTF-8 bytes.
        ordered = tuple(sorted(files, key=lambda file: file.path))
        if faults := listing_faults([(file.path, file.size) for file in ordered]):
            raise FindingsError(f"These files cannot be in one tree: {'; '.join(faults[:5])}")
        return cls(ordered)

    @classmethod
    def of_sources(cls, sources: Iterable[SourceFile]) -> Self:
        """Return the tree of `sources`, given in any order.

        Raises:
            FindingsError: A path is bad, or two of them cannot be in one folder.
        """
        return cls.of(
            File(path=file.path, sha256=file.sha256, size=len(file.content), executable=file.executable)
            for file in sources
        )

    @cached_property
    def digest(self) -> Digest:
        """The name of the tree: the digest of the canonical JSON of its files."""
        return Digest.of(canonical(self.files))
