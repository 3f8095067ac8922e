from collections import Counter
from itertools import pairwise

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from airside.release.manifest import MAX_PACKS, Manifest, parse_manifest
from airside.release.pack import MAX_PACK_BYTES, Pack, build_pack, unpack
from airside.release.packing import MAX_DELTAS, Packing, plan_packs
from airside.release.source import SourceFile
from airside.release.tree import Tree
from airside.release.validation import MAX_FILE_BYTES, MAX_TREE_BYTES

LIMIT = 64
"""Bytes of a pack, so that small trees have many."""

paths = st.sampled_from([f"dags/team_{number % 3}/workflow_{number}.py" for number in range(24)])
contents = st.binary(max_size=LIMIT) | st.sampled_from([b"", b"x = 1\n", b"y" * LIMIT])
trees = st.dictionaries(paths, contents, max_size=24)
edits = st.lists(st.tuples(paths, contents | st.none()), min_size=1, max_size=3)


class Shelf:
    """Packs that were built, by name, as a store has them."""

    def __init__(self) -> None:
        self.packs: dict[str, Pack] = {}

    def add(self, files: list[SourceFile], base: Manifest | None) -> tuple[Manifest, Packing]:
        packing = plan_packs(files, base, limit=LIMIT)
        built = [build_pack(group) for group in packing.new]
        self.packs |= {pack.digest: pack for pack in built}
        manifest = Manifest.for_tree(Tree.of_sources(files), *packing.reused, *built)
        return parse_manifest(manifest.to_bytes(), manifest.digest), packing

    def read(self, manifest: Manifest) -> dict[str, bytes]:
        raw = [unpack(self.packs[ref.digest].data, digest=ref.digest, raw_size=ref.raw_size) for ref in manifest.packs]
        return {file.path: raw[file.pack][file.offset : file.offset + file.size] for file in manifest.files}


def sources(files: dict[str, bytes]) -> list[SourceFile]:
    return [SourceFile(path, content) for path, content in files.items()]


def full_set(files: list[SourceFile]) -> int:
    return len(plan_packs(files, None, limit=LIMIT).new)


@given(trees)
def test_a_full_set_is_filled_in_the_order_of_paths(files: dict[str, bytes]) -> None:
    packing = plan_packs(sources(files), None, limit=LIMIT)
    sizes = [sum(len(file.content) for file in group) for group in packing.new]
    assert all(size <= LIMIT for size in sizes)
    assert all(before + after > LIMIT for before, after in pairwise(sizes))
    placed = [file.path for group in packing.new for file in group]
    assert placed == sorted(placed)
    assert packing.new, "an empty content lies in a pack too"


@settings(max_examples=20, deadline=None)
@given(trees, st.lists(edits, min_size=50, max_size=50))
def test_after_fifty_edits_every_tree_is_read_as_it_was_published(
    files: dict[str, bytes], steps: list[list[tuple[str, bytes | None]]]
) -> None:
    shelf = Shelf()
    manifest, _ = shelf.add(sources(files), None)
    history = [(manifest, dict(files))]
    for step in steps:
        for path, content in step:
            if content is None:
                files.pop(path, None)
            else:
                files[path] = content
        manifest, packing = shelf.add(sources(files), manifest)
        history.append((manifest, dict(files)))
        held = Counter(sha256 for pack in packing.reused for sha256 in pack.spans)
        held.update(file.sha256 for group in packing.new for file in group if file.content)
        assert held == Counter({file.sha256 for file in sources(files) if file.content}), "each in exactly one pack"
        assert len(manifest.packs) <= full_set(sources(files)) + MAX_DELTAS
        reused = sum(pack.ref.raw_size for pack in packing.reused)
        used = sum(span.size for pack in packing.reused for span in pack.spans.values())
        assert used * 2 >= reused
    for manifest, published in history:
        assert shelf.read(manifest) == published


def test_a_change_of_one_file_makes_a_pack_of_that_file() -> None:
    shelf = Shelf()
    files = {f"dags/workflow_{number}.py": f"x = {number}\n".encode() for number in range(8)}
    base, _ = shelf.add(sources(files), None)
    files["dags/workflow_3.py"] = b"x = 0.3\n"
    _, packing = shelf.add(sources(files), base)
    assert [[file.path for file in group] for group in packing.new] == [["dags/workflow_3.py"]]
    assert [pack.ref for pack in packing.reused] == list(base.packs)


def test_a_move_or_a_removal_packs_nothing() -> None:
    base, _ = Shelf().add(sources({"dags/a.py": b"a = 1\n", "dags/b.py": b"b = 1\n"}), None)
    assert plan_packs(sources({"lib/a.py": b"a = 1\n"}), base).new == ()


def test_the_ninth_change_gets_a_full_set_again() -> None:
    shelf = Shelf()
    files = {f"dags/workflow_{number}.py": b"%02d" % number for number in range(20)}
    manifest, _ = shelf.add(sources(files), None)
    counts = []
    for number in range(MAX_DELTAS + 2):
        files[f"dags/workflow_{number}.py"] = b"n%d" % number
        manifest, _ = shelf.add(sources(files), manifest)
        counts.append(len(manifest.packs))
    assert counts == [2, 3, 4, 5, 6, 7, 8, 9, 1, 2]


def test_packs_that_are_mostly_unused_are_left() -> None:
    files = {f"dags/workflow_{number}.py": b"%02d" % number for number in range(20)}
    base, _ = Shelf().add(sources(files), None)
    kept = dict(list(files.items())[:10])
    assert plan_packs(sources(kept), base, limit=LIMIT).reused
    assert not plan_packs(sources(dict(list(kept.items())[:9])), base, limit=LIMIT).reused


def test_a_tree_of_empty_files_has_a_pack_whatever_came_before() -> None:
    shelf = Shelf()
    base, _ = shelf.add(sources({"dags/a.py": b"a = 1\n", "dags/__init__.py": b""}), None)
    manifest, packing = shelf.add(sources({"dags/__init__.py": b""}), base)
    assert packing == Packing((), ((),))
    assert shelf.read(manifest) == {"dags/__init__.py": b""}


def test_the_largest_trees_have_few_enough_packs() -> None:
    assert MAX_FILE_BYTES <= MAX_PACK_BYTES, "a file fits into a pack"
    # Any two packs of a full set that follow each other hold more than one could.
    assert 2 * (MAX_TREE_BYTES // MAX_PACK_BYTES) - 1 + MAX_DELTAS <= MAX_PACKS


def test_packs_with_contents_of_earlier_trees_are_read_by_their_places() -> None:
    shelf = Shelf()
    files = {"dags/a.py": b"a = 1\n", "dags/b.py": b"b = 1\n"}
    base, _ = shelf.add(sources(files), None)
    second, _ = shelf.add(sources({"dags/b.py": b"b = 1\n"}), base)
    assert second.packs == base.packs
    assert shelf.read(second) == {"dags/b.py": b"b = 1\n"}
    assert msgspec.structs.asdict(second.files[0])["offset"] == 6
