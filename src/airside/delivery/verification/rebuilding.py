"""Writing the packs and the manifest of a tree anew from its files."""

from collections.abc import Collection, Sequence

from airside.base.digest import Digest
from airside.base.errors import IntegrityError, UsageError
from airside.delivery.publish import held_manifest
from airside.release.keys import pack_key, tree_key
from airside.release.manifest import Manifest
from airside.release.pack import Pack, build_pack
from airside.release.packing import plan_packs
from airside.release.source import SourceFile
from airside.release.tree import Tree
from airside.store.port import Store


def rebuild(store: Store, tree: Digest, files: Sequence[SourceFile], broken: Collection[Digest]) -> None:
    """Make `tree` whole in `store` again.

    Packs that come out byte for byte as they were are written under their names, which mends every tree that shares
    them. Else the tree gets new packs and a new manifest: where contents lie is no part of its digest.

    Args:
        store: The store.
        tree: Which tree.
        files: Its files, verified.
        broken: Packs that are missing or damaged.

    Raises:
        StoreUnavailableError: The store does not answer. Run it again.
    """
    for digest in broken:
        store.delete(pack_key(digest))  # whoever found it there would rely on it
    manifest = _whole_manifest(store, tree)
    if manifest is not None:
        wanted = {ref.digest for ref in manifest.packs if ref.digest in broken}
        again = [pack for pack in _same_packs(manifest, files) if pack.digest in wanted]
        if {pack.digest for pack in again} == wanted and wanted:
            _write(store, again)
            return
    packs = [build_pack(group) for group in plan_packs(files, None).new]
    _write(store, packs)
    store.delete(tree_key(tree))
    store.create(tree_key(tree), Manifest.for_tree(Tree.of_sources(files), *packs).to_bytes())


def _whole_manifest(store: Store, tree: Digest) -> Manifest | None:
    try:
        return held_manifest(store, tree)
    except (IntegrityError, UsageError):
        return None


def _same_packs(manifest: Manifest, files: Sequence[SourceFile]) -> list[Pack]:
    by_path = {file.path: file for file in files}
    groups: list[list[SourceFile]] = [[] for _ in manifest.packs]
    for file in manifest.files:
        groups[file.pack].append(by_path[file.path])
    return [build_pack(group) for group in groups]


def _write(store: Store, packs: Sequence[Pack]) -> None:
    for pack in packs:
        store.create(pack_key(pack.digest), pack.data)
