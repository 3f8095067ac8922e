"""Reading contents from a store: every byte is checked against its digest before it is handed on."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from airside.base.digest import Digest
from airside.base.errors import IntegrityError
from airside.release.keys import pack_key
from airside.release.manifest import Manifest, ManifestFile
from airside.release.pack import PackRef, unpack
from airside.store.port import Found, Store

_PACKS: Final = 3
"""Packs in flight or unpacked at once: with 64 MiB each they bound what a reader holds in memory."""


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """One file of a tree with its content, verified."""

    file: ManifestFile
    content: bytes | memoryview


def fetch_files(
    store: Store, manifest: Manifest, wanted: Iterable[ManifestFile] | None = None
) -> Iterator[FetchedFile]:
    """Yield files of the tree that `manifest` describes, verified, pack by pack.

    Args:
        store: Where from.
        manifest: The tree, and where its contents lie.
        wanted: Which of its files; None for all. Packs that hold none of them are not read.

    Raises:
        StoreUnavailableError: The store does not answer.
        IntegrityError: An object is missing, or its bytes are not what its name says.
    """
    groups: dict[int, list[ManifestFile]] = {}
    for file in manifest.files if wanted is None else wanted:
        if file.size:
            groups.setdefault(file.pack, []).append(file)
        else:
            yield FetchedFile(file, _content(file, memoryview(b"")))
    yield from _from_packs(store, manifest.packs, groups)


def _from_packs(
    store: Store, packs: Sequence[PackRef], groups: Mapping[int, Sequence[ManifestFile]]
) -> Iterator[FetchedFile]:
    # The largest first: the small deltas arrive while its files are written.
    order = sorted(groups, key=lambda index: packs[index].size, reverse=True)
    with ThreadPoolExecutor(max_workers=_PACKS) as threads:
        coming: deque[tuple[int, Future[memoryview]]] = deque()
        try:
            while order or coming:
                while order and len(coming) < _PACKS:
                    coming.append((index := order.pop(0), threads.submit(_read_pack, store, packs[index])))
                index, future = coming.popleft()
                yield from _cut(groups[index], future)
        finally:
            threads.shutdown(cancel_futures=True)


def _cut(files: Sequence[ManifestFile], pack: Future[memoryview]) -> Iterator[FetchedFile]:
    raw = pack.result()
    return (FetchedFile(file, _content(file, raw)) for file in files)


def _read_pack(store: Store, pack: PackRef) -> memoryview:
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
