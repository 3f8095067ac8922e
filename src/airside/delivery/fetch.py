"""Reading a tree from a store: every byte is checked against its digest before it is handed on."""

from collections.abc import Iterator
from dataclasses import dataclass

from airside.base.digest import Digest
from airside.base.errors import IntegrityError
from airside.release.keys import pack_key
from airside.release.manifest import Manifest, ManifestFile
from airside.release.pack import unpack
from airside.store.port import Found, Store


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """One file of a tree, verified."""

    path: str
    content: memoryview
    executable: bool


def fetch_files(store: Store, manifest: Manifest) -> Iterator[FetchedFile]:
    """Yield every file of the tree that `manifest` describes, verified.

    Raises:
        StoreUnavailableError: The store does not answer.
        IntegrityError: An object is missing, or its bytes are not what its name says.
    """
    packs = [_read_pack(store, manifest, index) for index in range(len(manifest.packs))]
    for file in manifest.files:
        yield FetchedFile(file.path, _content(file, packs[file.pack]), file.executable)


def _read_pack(store: Store, manifest: Manifest, index: int) -> memoryview:
    pack = manifest.packs[index]
    found = store.read(pack_key(pack.digest), limit=pack.size)
    if not isinstance(found, Found):
        raise IntegrityError(f"Pack {pack.digest} is missing in {store.location}")
    if len(found.data) != pack.size:
        raise IntegrityError(f"Pack {pack.digest} has {len(found.data)} bytes, and its manifest says {pack.size}")
    return memoryview(unpack(found.data, digest=pack.digest, raw_size=pack.raw_size))


def _content(file: ManifestFile, pack: memoryview) -> memoryview:
    content = pack[file.offset : file.offset + file.size]
    if Digest.of(content).hex != file.sha256:
        raise IntegrityError(f"The bytes of {file.path!r} are not what its digest says")
    return content
