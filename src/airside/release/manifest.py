"""The manifest of a tree: its files, and where in which pack their contents lie."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Annotated, Final, Self

import msgspec

from airside.base.digest import Digest
from airside.base.errors import FindingsError, IntegrityError
from airside.release.encoding import Document, canonical, decode
from airside.release.pack import MAX_PACK_BYTES, MAX_PACKED_BYTES, PackIndex, PackRef, Span
from airside.release.tree import File, Size, Tree

MAX_MANIFEST_BYTES: Final = 64 * 1024 * 1024
"""Bytes of a manifest: 50,000 files with paths of 1,024 bytes fit."""

MAX_PACKS: Final = 40
"""Packs of a tree: 31 hold the largest one, since no two that follow each other fit into one, and 8 are deltas."""


_NOTHING: Final = hashlib.sha256(b"").hexdigest()


class ManifestFile(File, frozen=True, kw_only=True, gc=False):
    """A file of a tree and where its content lies.

    Attributes:
        pack: Index into the manifest's packs.
        offset: Where the content begins in the unpacked pack, in bytes; 0 for an empty one.
    """

    pack: Size
    offset: Size


class Manifest(Document, frozen=True, kw_only=True, dict=True, tag_field="kind", tag="tree"):
    """The manifest of a tree, stored under the tree's digest.

    Attributes:
        files: In the order of their paths.
        packs: At most `MAX_PACKS`.
    """

    files: tuple[ManifestFile, ...]
    packs: Annotated[tuple[PackRef, ...], msgspec.Meta(max_length=MAX_PACKS)]

    @classmethod
    def for_tree(cls, tree: Tree, *packs: PackIndex) -> Self:
        """Return the manifest of `tree`, whose contents all lie in `packs`.

        Raises:
            IntegrityError: A content is in none of them.
        """
        places: dict[str, tuple[int, Span]] = {}
        for index, pack in enumerate(packs):
            for sha256, span in pack.spans.items():
                places.setdefault(sha256, (index, span))
        if packs:
            places[_NOTHING] = (0, Span(0, 0))
        return cls(files=tuple(_place(file, places) for file in tree.files), packs=tuple(pack.ref for pack in packs))

    @cached_property
    def tree(self) -> Tree:
        """The tree, without where its contents lie.

        Raises:
            FindingsError: The files cannot be in one tree. Never, where `parse_manifest` made the manifest.
        """
        return Tree.of(
            File(path=file.path, sha256=file.sha256, size=file.size, executable=file.executable) for file in self.files
        )

    @property
    def digest(self) -> Digest:
        """The digest of the tree: the manifest's name in the store."""
        return self.tree.digest

    def to_bytes(self) -> bytes:
        """Return the document as it is stored."""
        return canonical(self)


def parse_manifest(data: bytes, expected: Digest) -> Manifest:
    """Return the manifest of the tree `expected`.

    Raises:
        IntegrityError: It is not the manifest of that tree, or a content lies outside its pack.
        UsageError: A newer Airside wrote it.
    """
    what = f"The manifest of tree {expected}"
    manifest = decode(data, Manifest, what=what)
    try:
        found = manifest.digest
    except FindingsError as error:
        raise IntegrityError(f"{what} describes no tree: {error.message}") from error
    if found != expected:
        raise IntegrityError(f"{what} describes another tree: {found}")
    for pack in manifest.packs:
        if pack.raw_size > MAX_PACK_BYTES or pack.size > MAX_PACKED_BYTES:
            raise IntegrityError(f"{what} names a pack of more than {MAX_PACK_BYTES} bytes: {pack.digest}")
    if misplaced := next((file for file in manifest.files if not _is_placed(file, manifest.packs)), None):
        raise IntegrityError(f"{what} places {misplaced.path!r} outside of its packs")
    return manifest


def _is_placed(file: ManifestFile, packs: Sequence[PackRef]) -> bool:
    if file.pack >= len(packs):
        return False
    # Nothing lies nowhere in particular: one spelling of that, so that every damaged byte is noticed.
    return file.offset == 0 if file.size == 0 else file.offset + file.size <= packs[file.pack].raw_size


def _place(file: File, places: Mapping[str, tuple[int, Span]]) -> ManifestFile:
    try:
        index, span = places[file.sha256]
    except KeyError as error:
        raise IntegrityError(f"The content of {file.path!r} is in no pack") from error
    return ManifestFile(
        path=file.path,
        sha256=file.sha256,
        size=file.size,
        executable=file.executable,
        pack=index,
        offset=span.offset,
    )
