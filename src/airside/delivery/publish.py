"""Putting a release into a store: content first, the record last."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from airside.base.digest import Digest
from airside.base.errors import IntegrityError
from airside.delivery.collection.revive import revive
from airside.delivery.deadline import Deadline
from airside.delivery.descriptions import publish_description
from airside.release.description import Description
from airside.release.keys import pack_key, release_key, tree_key
from airside.release.manifest import MAX_MANIFEST_BYTES, Manifest, parse_manifest
from airside.release.pack import PackIndex, build_pack
from airside.release.packing import plan_packs
from airside.release.record import Record
from airside.release.source import SourceFile
from airside.release.tree import Tree
from airside.store.port import Found, Store

_UPLOADS: Final = 2
"""Packs that are built and sent at once: one is compressed while another is on its way."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What a publication wrote.

    Attributes:
        objects: How many objects the store lacked.
        size: Of these objects, in bytes.
    """

    objects: int = 0
    size: int = 0

    def __add__(self, other: "Upload") -> "Upload":
        """Return what both wrote."""
        return Upload(self.objects + other.objects, self.size + other.size)


def publish(
    store: Store,
    files: Sequence[SourceFile],
    record: Record,
    *,
    base: Digest | None = None,
    description: Description | None = None,
) -> Upload:
    """Write the tree of `files`, the `description`, and the release `record` that names both; send what is not there.

    May be called again after any failure: every object is create-only and named by its content.

    Args:
        store: Where to.
        files: Everything in the tree.
        record: The release; names the tree.
        base: A tree like this one whose packs are reused, such as the one that the environment serves. It is
            looked at only if something has to be packed, and need not be in the store.
        description: What its workflows are; the one that the record names, None where it names none.

    Raises:
        RefusedError: Garbage collection removes what it found in the store, or it took too long.
        StoreUnavailableError: The store does not answer. Nothing refers to what was written.
        IntegrityError: The store holds another object under one of the names, or the record names another description.
    """
    _require_named(record, description)
    upload, deadline = Upload(), Deadline()
    if (held := held_manifest(store, record.tree)) is None:
        upload = _publish_tree(store, files, held_manifest(store, base) if base else None, deadline)
    else:
        revive(store, [tree_key(record.tree), *(pack_key(pack.digest) for pack in held.packs)])
    upload += _publish_description(store, description)
    deadline.require(f"Release {record.id}")
    recorded = _create(store, release_key(record.id), record.to_bytes())
    if not recorded.objects:
        revive(store, [release_key(record.id)])
    return upload + recorded


def _require_named(record: Record, description: Description | None) -> None:
    given = description.digest if description else None
    if record.description != given:
        raise IntegrityError(f"Release {record.id} names the description {record.description}, and was given {given}")


def _publish_description(store: Store, description: Description | None) -> Upload:
    written = publish_description(store, description) if description else 0
    return Upload(1, written) if written else Upload()


def _publish_tree(store: Store, files: Sequence[SourceFile], base: Manifest | None, deadline: Deadline) -> Upload:
    tree = Tree.of_sources(files)
    packing = plan_packs(files, base)
    built = list(_publish_packs(store, packing.new))
    manifest = Manifest.for_tree(tree, *packing.reused, *(pack for pack, _ in built))
    uploaded = sum((upload for _, upload in built), Upload())
    found = [*packing.reused, *(pack for pack, upload in built if not upload.objects)]
    revive(store, [pack_key(pack.ref.digest) for pack in found])
    deadline.require(f"The upload of tree {tree.digest}")
    return uploaded + _create(store, tree_key(tree.digest), manifest.to_bytes())


def _publish_packs(store: Store, groups: Sequence[Sequence[SourceFile]]) -> Iterable[tuple[PackIndex, Upload]]:
    """Build and send a pack of each group; no pack is held longer than that takes."""

    def publish_pack(files: Sequence[SourceFile]) -> tuple[PackIndex, Upload]:
        pack = build_pack(files)
        return PackIndex(pack.ref, pack.spans), _create(store, pack_key(pack.digest), pack.data)

    with ThreadPoolExecutor(max_workers=_UPLOADS) as threads:
        sent = [threads.submit(publish_pack, files) for files in groups]
        try:
            yield from (future.result() for future in sent)
        finally:
            threads.shutdown(cancel_futures=True)


def _create(store: Store, key: str, data: bytes) -> Upload:
    return Upload(1, len(data)) if store.create(key, data) else Upload()


def held_manifest(store: Store, tree: Digest) -> Manifest | None:
    """Return the manifest of `tree`, or None where the store has none.

    Raises:
        StoreUnavailableError: The store does not answer.
        IntegrityError: The object is not the manifest of `tree`.
    """
    found = store.read(tree_key(tree), limit=MAX_MANIFEST_BYTES)
    return parse_manifest(found.data, tree) if isinstance(found, Found) else None
