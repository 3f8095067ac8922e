"""Writing the packs and the manifest of a tree anew from its files."""

from collections.abc import Collection, Sequence

from airside.base.digest import Digest
from airside.base.errors import IntegrityError, UsageError
from airside.delivery.fetch import fetch_files
from airside.delivery.publish import held_manifest
from airside.release.keys import pack_key, tree_key
from airside.release.manifest import Manifest
from airside.release.pack import MAX_PACKED_BYTES, Pack, build_pack
from airside.release.packing import plan_packs
from airside.release.source import SourceFile
from airside.release.tree import Tree
from airside.store.port import Found, Store


def rebuild(store: Store, tree: Digest, files: Sequence[SourceFile], broken: Collection[Digest]) -> None:
    """Make `tree` whole in `store` again.

    Packs that come out byte for byte as they were are written under their names, which mends every tree that shares
    them. Else the tree gets new packs and a new manifest: where contents lie is no part of its digest.

    Args:
        store: The store.
        tree: Which tree.
        files: Its files, verified.
        broken: Packs that were missing or damaged; those that were written again since are left alone.

    Raises:
        StoreUnavailableError: The store does not answer. Run it again.
    """
    still_broken = {digest for digest in broken if not _is_whole(store, digest)}
    for digest in still_broken:
        store.delete(pack_key(digest))  # whoever found it there would rely on it
    if (manifest := _whole_manifest(store, tree)) is not None:
        _write(store, [pack for pack in _same_packs(manifest, files) if pack.digest in still_broken])
        if _gives_all(store, manifest):
            return
    packs = [build_pack(group) for group in plan_packs(files, None).new]
    _write(store, packs)
    store.delete(tree_key(tree))
    store.create(tree_key(tree), Manifest.for_tree(Tree.of_sources(files), *packs).to_bytes())


def _is_whole(store: Store, digest: Digest) -> bool:
    try:
        found = store.read(pack_key(digest), limit=MAX_PACKED_BYTES)
    except IntegrityError:
        return False
    return isinstance(found, Found) and Digest.of(found.data) == digest


def _whole_manifest(store: Store, tree: Digest) -> Manifest | None:
    try:
        return held_manifest(store, tree)
    except (IntegrityError, UsageError):
        return None


def _gives_all(store: Store, manifest: Manifest) -> bool:
    """Tell whether every file can be had where the manifest says."""
    try:
        return all(True for _ in fetch_files(store, manifest))
    except IntegrityError:
        return False


def _same_packs(manifest: Manifest, files: Sequence[SourceFile]) -> list[Pack]:
    by_path = {file.path: file for file in files}
    groups: list[list[SourceFile]] = [[] for _ in manifest.packs]
    for file in manifest.files:
        groups[file.pack].append(by_path[file.path])
    return [build_pack(group) for group in groups]


def _write(store: Store, packs: Sequence[Pack]) -> None:
    for pack in packs:
        store.create(pack_key(pack.digest), pack.data)
