from collections.abc import Callable
from typing import Any

import msgspec
import pytest
import trees
from hypothesis import given

from airside.base.digest import Digest
from airside.base.errors import AirsideError, IntegrityError
from airside.release.encoding import canonical
from airside.release.manifest import MAX_PACKS, Manifest, parse_manifest
from airside.release.pack import build_pack, unpack
from airside.release.source import SourceFile
from airside.release.tree import Tree

PACK = build_pack(trees.FIXED)
MANIFEST = Manifest.for_tree(Tree.of_sources(trees.FIXED), PACK)


def contents(manifest: Manifest, packed: bytes) -> dict[str, bytes]:
    """Read a tree as a reader does: every content is compared with its digest."""
    found = {}
    for file in manifest.files:
        pack = manifest.packs[file.pack]
        if len(packed) != pack.size:
            raise IntegrityError("size")
        raw = unpack(packed, digest=pack.digest, raw_size=pack.raw_size)
        content = raw[file.offset : file.offset + file.size]
        if Digest.of(content).hex != file.sha256:
            raise IntegrityError(file.path)
        found[file.path] = content
    return found


@given(trees.sources)
def test_a_manifest_comes_back_and_names_its_tree(files: list[SourceFile]) -> None:
    tree = Tree.of_sources(files)
    manifest = Manifest.for_tree(tree, build_pack(files))
    parsed = parse_manifest(manifest.to_bytes(), tree.digest)
    assert parsed == manifest
    assert parsed.tree == tree
    assert parsed.digest == tree.digest
    assert contents(parsed, build_pack(files).data) == {file.path: file.content for file in files}


def test_contents_may_lie_in_several_packs() -> None:
    first, second = trees.FIXED[:3], trees.FIXED[3:]
    manifest = Manifest.for_tree(Tree.of_sources(trees.FIXED), build_pack(first), build_pack(second))
    places = {file.path: file.pack for file in parse_manifest(manifest.to_bytes(), manifest.digest).files}
    assert places["dags/helpers/copy_of_orders.py"] == places["dags/orders.py"] == 0
    assert places["lib/run.sh"] == 1


def test_a_content_that_no_pack_holds_is_refused() -> None:
    with pytest.raises(IntegrityError, match=r"lib/run\.sh.* is in no pack"):
        Manifest.for_tree(Tree.of_sources(trees.FIXED), build_pack(trees.FIXED[:4] + trees.FIXED[5:]))


def test_a_manifest_under_another_trees_name_is_refused() -> None:
    with pytest.raises(IntegrityError, match="describes another tree"):
        parse_manifest(MANIFEST.to_bytes(), Digest.of(b"another"))


def test_every_flipped_bit_is_detected_before_a_content_is_used() -> None:
    for flipped in trees.flips(MANIFEST.to_bytes()):
        # Flipping a bit of the format number makes a newer format of it; all other flips are integrity errors.
        with pytest.raises(AirsideError) as caught:
            contents(parse_manifest(flipped, MANIFEST.digest), PACK.data)
        assert isinstance(caught.value, IntegrityError) or "has format" in caught.value.message


@pytest.mark.parametrize("cut", [0, 1, 100, len(MANIFEST.to_bytes()) - 1])
def test_a_truncated_manifest_is_refused(cut: int) -> None:
    with pytest.raises(IntegrityError):
        parse_manifest(MANIFEST.to_bytes()[:cut], MANIFEST.digest)


def _edit(change: Callable[[dict[str, Any]], object]) -> bytes:
    document = msgspec.json.decode(MANIFEST.to_bytes())
    change(document)
    return canonical(document)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["files"][0].update(offset=10**9),
        lambda d: d["files"][0].update(offset=-1),
        lambda d: d["files"][0].update(pack=1),
        lambda d: d["files"][0].update(pack=-1),
        lambda d: d["packs"][0].update(raw_size=3),
        lambda d: d["packs"][0].update(raw_size=2**40),
        lambda d: d["packs"][0].update(size=2**40),
        lambda d: d["packs"][0].update(codec="gzip"),
        lambda d: d["packs"][0].update(digest="../../etc/passwd"),
        lambda d: d["packs"].clear(),
        lambda d: d["packs"].extend(d["packs"] * MAX_PACKS),
        lambda d: d.update(kind="pointer"),
    ],
)
def test_a_manifest_that_places_contents_nowhere_is_refused(change: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(IntegrityError, match=f"The manifest of tree {MANIFEST.digest}"):
        parse_manifest(_edit(change), MANIFEST.digest)


@pytest.mark.parametrize("path", ["../../etc/cron.d/x", "/etc/passwd", "a\x00", "dags/ORDERS.py", "dags/orders.py/x"])
def test_a_manifest_with_a_hostile_path_is_refused_even_under_its_own_digest(path: str) -> None:
    data = _edit(lambda d: d["files"][-1].update(path=path))
    listing = [
        {key: file[key] for key in ("executable", "path", "sha256", "size")}
        for file in msgspec.json.decode(data)["files"]
    ]
    with pytest.raises(IntegrityError, match="describes no tree"):
        parse_manifest(data, Digest.of(canonical(listing)))


def test_unknown_fields_of_later_versions_are_ignored() -> None:
    data = _edit(lambda d: (d.update(signed_by=["x"]), d["files"][0].update(owner="root")))
    assert parse_manifest(data, MANIFEST.digest) == MANIFEST
