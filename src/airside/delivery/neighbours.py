"""Taking contents from trees that are on the disk already, and only what none of them has from the store.

Contents are copied: a hard link would let a task that edits a file in one version change all of them.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from airside.delivery.fetch import FetchedFile, fetch_files
from airside.release.manifest import Manifest, ManifestFile
from airside.store.port import Store


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A tree on the disk."""

    folder: Path
    manifest: Manifest


def gather(
    store: Store, manifest: Manifest, wanted: Sequence[ManifestFile], neighbours: Sequence[Neighbour]
) -> Iterator[FetchedFile]:
    """Yield the files `wanted` of the tree `manifest`, verified: from `neighbours`, else from `store`.

    Raises:
        StoreUnavailableError: The store does not answer.
        IntegrityError: The store holds other bytes than the digests say.
    """
    places = _places(neighbours)
    missing = [file for file in wanted if file.sha256 not in places]
    for file in wanted:
        if (place := places.get(file.sha256)) is None:
            continue
        content = _read(place, file)
        if content is None:
            missing.append(file)
        else:
            yield FetchedFile(file, content)
    yield from fetch_files(store, manifest, missing)


def copies(manifest: Manifest, neighbour: Neighbour) -> Iterator[FetchedFile]:
    """Yield the files of `manifest` from a copy of it, verified; ends early where the copy was harmed."""
    for file in manifest.files:
        content = _read(f"{neighbour.folder}/{file.path}", file)
        if content is None:
            return
        yield FetchedFile(file, content)


def missing_bytes(wanted: Sequence[ManifestFile], neighbours: Sequence[Neighbour]) -> int:
    """Return how many bytes of the files `wanted` are in none of `neighbours`."""
    places = _places(neighbours)
    return sum(file.size for file in wanted if file.sha256 not in places)


def _places(neighbours: Sequence[Neighbour]) -> dict[str, str]:
    places: dict[str, str] = {}
    for neighbour in neighbours:
        for file in neighbour.manifest.files:
            places.setdefault(file.sha256, f"{neighbour.folder}/{file.path}")
    return places


def _read(path: str, file: ManifestFile) -> bytes | None:
    """Return the content of `file` from `path`; None if something else is there."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            content = os.read(descriptor, file.size + 1)
        finally:
            os.close(descriptor)
    except OSError:  # not there, or the disk is damaged
        return None
    return content if hashlib.sha256(content).hexdigest() == file.sha256 else None
