import hashlib
import json
from random import Random

import pytest
import trees
from hypothesis import given
from hypothesis import strategies as st

from airside.base.errors import FindingsError
from airside.release.source import SourceFile
from airside.release.tree import File, Tree


@given(trees.sources, st.randoms(use_true_random=False))
def test_identity_does_not_depend_on_the_order_of_files(files: list[SourceFile], random: Random) -> None:
    shuffled = list(files)
    random.shuffle(shuffled)
    assert Tree.of_sources(shuffled) == Tree.of_sources(files)
    assert Tree.of_sources(shuffled).digest == Tree.of_sources(files).digest


@given(trees.sources)
def test_the_digest_is_what_the_specification_says(files: list[SourceFile]) -> None:
    listing = [
        {
            "executable": file.executable,
            "path": file.path,
            "sha256": hashlib.sha256(file.content).hexdigest(),
            "size": len(file.content),
        }
        for file in sorted(files, key=lambda file: file.path.encode())
    ]
    text = json.dumps(listing, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert Tree.of_sources(files).digest == f"sha256-{hashlib.sha256(text.encode()).hexdigest()}"


@given(trees.sources, trees.sources)
def test_other_files_have_another_digest(one: list[SourceFile], other: list[SourceFile]) -> None:
    same = Tree.of_sources(one) == Tree.of_sources(other)
    assert (Tree.of_sources(one).digest == Tree.of_sources(other).digest) is same


def test_every_attribute_is_part_of_the_identity() -> None:
    base = SourceFile("dags/a.py", b"x")
    digests = {
        Tree.of_sources([file]).digest
        for file in (
            base,
            SourceFile("dags/b.py", b"x"),
            SourceFile("dags/a.py", b"y"),
            SourceFile("dags/a.py", b"x", executable=True),
        )
    }
    assert len(digests) == 4


@pytest.mark.parametrize("paths", [("a", "A"), ("a", "a"), ("a", "a/b"), ("../a",), ("straße", "STRASSE")])
def test_files_that_cannot_be_in_one_folder_make_no_tree(paths: tuple[str, ...]) -> None:
    with pytest.raises(FindingsError, match="cannot be in one tree"):
        Tree.of(File(path=path, sha256="0" * 64, size=0, executable=False) for path in paths)
