"""Which trees on a disk are whole: each has a mark outside of it, its manifest, written when all else was durable."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

import msgspec

from airside.base.digest import Digest
from airside.base.errors import IntegrityError, UsageError
from airside.release.encoding import canonical, decode, decode_plain
from airside.release.manifest import Manifest

_SUFFIX = ".json"


class _Mark(msgspec.Struct, frozen=True):
    """A mark.

    Attributes:
        manifest: Of the tree, as the store has it.
        seal: SHA-256 of the name of the tree and the manifest: notices what a failing disk makes of it.
    """

    manifest: msgspec.Raw
    seal: str


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks in one folder."""

    folder: Path

    def path(self, tree: Digest) -> Path:
        """Return where the mark of `tree` is, or would be."""
        return self.folder / f"{tree}{_SUFFIX}"

    def read(self, tree: Digest) -> Manifest | None:
        """Return the manifest of `tree`; None where it has no mark, or a damaged one, or a link in place of it."""
        try:
            descriptor = os.open(self.path(tree), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            with os.fdopen(descriptor, "rb") as file:
                mark = decode_plain(file.read(), _Mark, what="The mark")
            # Every task start comes here. Paths and digest of the tree were looked at before the mark was made.
            data = bytes(mark.manifest)
            return decode(data, Manifest, what="The mark") if mark.seal == _seal(tree, data) else None
        except (OSError, IntegrityError, UsageError):
            return None

    def content(self, manifest: Manifest) -> bytes:
        """Return what the mark of the tree of `manifest` holds."""
        data = manifest.to_bytes()
        return canonical(_Mark(msgspec.Raw(data), _seal(manifest.digest, data)))

    def trees(self) -> list[Digest]:
        """Return the trees that have a mark, the last marked first."""
        found = [
            (entry.stat(follow_symlinks=False).st_mtime_ns, name)
            for entry in os.scandir(self.folder)
            if (name := _tree(entry.name)) is not None
        ]
        return [tree for _, tree in sorted(found, reverse=True)]


def _seal(tree: Digest, data: bytes) -> str:
    sealed = hashlib.sha256(tree.encode())
    sealed.update(data)
    return sealed.hexdigest()


def _tree(name: str) -> Digest | None:
    try:
        return Digest.parse(name.removesuffix(_SUFFIX)) if name.endswith(_SUFFIX) else None
    except ValueError:
        return None


def is_whole(folder: Path, manifest: Manifest) -> bool:
    """Tell whether `folder` has every file of `manifest`, by name and size, behind no link.

    Another program may have been stopped while it removed the folder, and then the mark is there and files are not.
    """
    regular = stat.S_IFREG >> 12
    try:
        for inner, files in _by_folder(manifest).items():
            descriptor = os.open(folder / inner, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                for name, size in files:
                    found = os.stat(name, dir_fd=descriptor, follow_symlinks=False)  # a short path is the faster one
                    if found.st_size != size or found.st_mode >> 12 != regular:
                        return False
            finally:
                os.close(descriptor)
    except OSError:
        return False
    return True


def _by_folder(manifest: Manifest) -> dict[str, list[tuple[str, int]]]:
    """Return name and size of the files in every folder of a tree, each folder after the one that it is in."""
    folders: dict[str, list[tuple[str, int]]] = {"": [], **{inner: [] for inner in folders_of(manifest)}}
    for file in manifest.files:
        inner, _, name = file.path.rpartition("/")
        folders[inner].append((name, file.size))
    return folders


def folders_of(manifest: Manifest) -> list[str]:
    """Return the folders in a tree relative to it, each before those in it."""
    folders: set[str] = set()
    for folder in {file.path.rpartition("/")[0] for file in manifest.files}:
        inner = folder
        while inner and inner not in folders:
            folders.add(inner)
            inner = inner.rpartition("/")[0]
    return sorted(folders)
