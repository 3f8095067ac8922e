"""Which packs a manifest names: found fast, since garbage collection asks it of every tree that stays."""

from typing import Annotated

import msgspec

from airside.base.digest import Digest
from airside.base.errors import IntegrityError
from airside.release.encoding import Document, canonical, decode
from airside.release.manifest import MAX_MANIFEST_BYTES


class _File(msgspec.Struct, frozen=True):
    """What the digest of a tree is made of."""

    path: str
    sha256: str
    size: int
    executable: bool


class _Placed(_File, frozen=True):
    pack: Annotated[int, msgspec.Meta(ge=0)]


class PackName(msgspec.Struct, frozen=True):
    """A pack as a manifest names it: its digest and its size in the store, in bytes."""

    digest: Digest
    size: int


class _Manifest(Document, frozen=True, kw_only=True, tag_field="kind", tag="tree"):
    files: tuple[_Placed, ...]
    packs: tuple[PackName, ...]


def named_packs(data: bytes, tree: Digest) -> tuple[PackName, ...]:
    """Return the packs that the manifest `data` of `tree` names.

    The digest is compared, since a manifest under the wrong name would let the packs of the right one go. Paths
    and places are not: they do not change which packs are named.

    Raises:
        IntegrityError: It is not the manifest of that tree.
        UsageError: A newer Airside wrote it.
    """
    what = f"The manifest of tree {tree}"
    if len(data) > MAX_MANIFEST_BYTES:
        raise IntegrityError(f"{what} has {len(data)} bytes, more than {MAX_MANIFEST_BYTES}")
    manifest = decode(data, _Manifest, what=what)
    files = [
        _File(path=file.path, sha256=file.sha256, size=file.size, executable=file.executable) for file in manifest.files
    ]
    if (found := Digest.of(canonical(files))) != tree:
        raise IntegrityError(f"{what} describes another tree: {found}")
    if any(file.pack >= len(manifest.packs) for file in manifest.files):
        raise IntegrityError(f"{what} places files outside of its packs")
    return manifest.packs
