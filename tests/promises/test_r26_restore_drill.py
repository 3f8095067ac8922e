"""R26: every release that is served can be restored from the store alone, byte for byte."""

from pathlib import Path

import pytest
from verbs import A, B, prepare

from airside.base.errors import IntegrityError
from airside.conformance.tampering import BitFlip
from airside.conformance.wholeness import digest_on_disk, restore
from airside.store.folder import FolderStore


def test_what_every_environment_serves_is_restored_and_compared_on_the_disk(store: FolderStore, tmp_path: Path) -> None:
    prepare(store)
    restored = restore(store, tmp_path / "drill")
    assert sorted(restored) == ["preprod", "production"]
    for name, files in (("production", A), ("preprod", B)):
        folder = tmp_path / "drill" / "versions" / restored[name]
        assert {path: (folder / path).read_text() for path in files} == files


def test_the_drill_fails_on_a_damaged_store(store: FolderStore, tmp_path: Path) -> None:
    prepare(store)
    with pytest.raises(IntegrityError):
        restore(BitFlip(store, prefix="packs/", bit=99), tmp_path / "drill")


def test_the_drill_looks_at_the_files_themselves(store: FolderStore, tmp_path: Path) -> None:
    prepare(store)
    tree = restore(store, tmp_path / "drill", ["production"])["production"]
    folder = tmp_path / "drill" / "versions" / tree
    (folder / "planted.py").write_text("")
    assert digest_on_disk(folder) != tree
