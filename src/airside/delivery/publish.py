"""Putting a release into a store: content first, the record last."""

from collections.abc import Sequence
from dataclasses import dataclass

from airside.base.digest import Digest
from airside.release.keys import pack_key, release_key, tree_key
from airside.release.manifest import MAX_MANIFEST_BYTES, Manifest, parse_manifest
from airside.release.pack import build_pack
from airside.release.record import Record
from airside.release.source import SourceFile
from airside.release.tree import Tree
from airside.store.port import Found, Store


@dataclass(frozen=True, slots=True)
class Upload:
    """What a publication wrote.

    Attributes:
        objects: How many objects the store lacked.
        size: Of these objects, in bytes.
    """

    objects: int = 0
    size: int = 0

    def plus(self, data: bytes) -> "Upload":
        """Return this upload with one more object."""
        return Upload(self.objects + 1, self.size + len(data))


def publish(store: Store, files: Sequence[SourceFile], record: Record) -> Upload:
    """Write the tree of `files` and the release `record` that refers to it; what is there already is not sent.

    May be called again after any failure: every object is create-only and named by its content.

    Raises:
        StoreUnavailableError: The store does not answer. Nothing refers to what was written.
        IntegrityError: The store holds another object under one of the names.
    """
    upload = _publish_tree(store, files, record.tree)
    data = record.to_bytes()
    return upload.plus(data) if store.create(release_key(record.id), data) else upload


def _publish_tree(store: Store, files: Sequence[SourceFile], tree: Digest) -> Upload:
    if held_manifest(store, tree) is not None:
        return Upload()
    pack = build_pack(files)
    manifest = Manifest.for_tree(Tree.of_sources(files), pack)
    upload = Upload()
    for key, data in ((pack_key(pack.digest), pack.data), (tree_key(tree), manifest.to_bytes())):
        if store.create(key, data):
            upload = upload.plus(data)
    return upload


def held_manifest(store: Store, tree: Digest) -> Manifest | None:
    """Return the manifest of `tree`, or None where the store has none.

    Raises:
        StoreUnavailableError: The store does not answer.
        IntegrityError: The object is not the manifest of `tree`.
    """
    found = store.read(tree_key(tree), limit=MAX_MANIFEST_BYTES)
    return parse_manifest(found.data, tree) if isinstance(found, Found) else None
