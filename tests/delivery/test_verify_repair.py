import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from forging import absurd
from shipping import NOW, REQUEST, deploy, record_of, sources

from airside.base.digest import Digest
from airside.base.errors import LostRaceError
from airside.delivery.activate import Stamp
from airside.delivery.checkouts import Checkouts
from airside.delivery.environments import require_current
from airside.delivery.publish import publish
from airside.delivery.verification.copies import files_below
from airside.delivery.verification.repairs import plan_repairs
from airside.delivery.verification.verify import Scope, verify
from airside.release.keys import environment_key, history_key, tree_key
from airside.release.manifest import parse_manifest
from airside.release.source import SourceFile
from airside.store.folder import FolderStore
from airside.store.probe import require_capable

A, B = ({"dags/orders.py": f"a = {number}\n", "lib/sums.py": "x = 1\n" * 50} for number in range(2))
EVERYTHING = Scope(everything=True)
Harm = Callable[[Path], object]
HARMS: dict[str, Harm] = {
    "deleted": lambda path: path.unlink(),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "emptied": lambda path: path.write_bytes(b""),
    "bloated": lambda path: path.write_bytes(bytes(10**6)),
}


@pytest.fixture
def whole(store: FolderStore) -> FolderStore:
    """A store with two releases; the second one shares a pack with the first."""
    require_capable(store, now=NOW)
    deploy(store, A)
    publish(store, sources(B), record_of(B, second=1), base=record_of(A).tree)
    deploy(store, B, second=1)
    return store


def file_of(store: FolderStore, key: str) -> Path:
    return Path(store.location) / key


def at_hand(tree: Digest, _releases: Sequence[str]) -> list[SourceFile] | None:
    return {record_of(files).tree: sources(files) for files in (A, B)}.get(tree)


def nothing(_tree: Digest, _releases: Sequence[str]) -> None:
    return None


def repair(store: FolderStore, find: Callable[[Digest, Sequence[str]], list[SourceFile] | None] = at_hand) -> int:
    report = verify(store, EVERYTHING)
    repairs = plan_repairs(store, report, find, Stamp(NOW, secrets.token_hex(16)), "ana")
    for one in repairs:
        one.run()
    return len(repairs)


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("kind", ["packs/", "trees/"])
def test_contents_are_made_anew_from_the_files(whole: FolderStore, tmp_path: Path, harm: str, kind: str) -> None:
    keys = [key.key for key in whole.list(kind)]
    assert len(keys) == 2
    before = {key: file_of(whole, key).read_bytes() for key in keys}
    for key in keys:
        HARMS[harm](file_of(whole, key))
        assert verify(whole, EVERYTHING).faults
        assert repair(whole)
        assert not verify(whole, EVERYTHING).findings
    for number, tree in enumerate(record_of(files).tree for files in (A, B)):
        Checkouts(tmp_path / str(number)).materialise(whole, tree)
    if kind == "packs/":
        assert {key: file_of(whole, key).read_bytes() for key in keys} == before, "byte for byte"


def test_a_pack_of_another_zstd_is_replaced_under_another_name(whole: FolderStore) -> None:
    tree = record_of(B).tree
    path = file_of(whole, tree_key(tree))
    manifest = parse_manifest(path.read_bytes(), tree)
    foreign = Digest.of(b"what another zstd made of it")
    path.write_bytes(path.read_bytes().replace(manifest.packs[0].digest.encode(), foreign.encode()))
    assert repair(whole)
    assert not verify(whole, EVERYTHING).faults


def test_a_shared_pack_that_one_tree_gives_back_is_left_to_it_by_the_others(whole: FolderStore) -> None:
    for found in list(whole.list("packs/")):
        file_of(whole, found.key).unlink()
    assert repair(whole) == 2
    assert not verify(whole, EVERYTHING).faults
    assert repair(whole) == 0


def test_files_come_from_the_folder_of_a_bundle(whole: FolderStore, tmp_path: Path) -> None:
    tree = record_of(A).tree
    Checkouts(tmp_path / "bundle").materialise(whole, tree)
    file_of(whole, tree_key(tree)).unlink()
    assert repair(whole, lambda tree, _: files_below(tmp_path / "bundle", tree)) == 1
    assert not verify(whole, EVERYTHING).faults
    (tmp_path / "bundle/versions" / tree / "dags/orders.py").chmod(0o644)
    (tmp_path / "bundle/versions" / tree / "dags/orders.py").write_text("edited")
    assert files_below(tmp_path / "bundle", tree) is None, "other bytes are never taken"


def test_what_cannot_be_mended_is_left_as_it_is(whole: FolderStore) -> None:
    key = tree_key(record_of(A).tree)
    file_of(whole, key).write_bytes(b"{}")
    report = verify(whole, EVERYTHING)
    assert not plan_repairs(whole, report, nothing, Stamp(NOW, "1" * 32), "ana")
    assert file_of(whole, key).read_bytes() == b"{}"


def test_an_entry_that_a_killed_writer_did_not_come_to_is_written(whole: FolderStore) -> None:
    entry = file_of(whole, history_key("production", 2))
    entry.unlink()
    assert repair(whole) == 1
    assert entry.read_bytes() == file_of(whole, environment_key("production")).read_bytes()
    assert not verify(whole, EVERYTHING).findings


POINTERS: dict[str, Harm] = {
    **HARMS,
    "absurd": lambda path: path.write_bytes(absurd(path.read_bytes())),
    "set back": lambda path: path.write_bytes(
        (path.parent.parent / "history/production/00000000000000000001.json").read_bytes()
    ),
    "nonsense": lambda path: path.write_bytes(b"{}"),
}


@pytest.mark.parametrize("harm", POINTERS)
def test_an_environment_is_put_right_whatever_happened_to_its_pointer(whole: FolderStore, harm: str) -> None:
    served = require_current(whole, "production").pointer
    POINTERS[harm](file_of(whole, environment_key("production")))
    assert verify(whole, EVERYTHING).faults
    assert repair(whole) == 1
    assert not verify(whole, EVERYTHING).findings
    pointer = require_current(whole, "production").pointer
    assert (pointer.generation, pointer.action, pointer.restores) == (3, "rollback", 2)
    assert (pointer.release, pointer.tree) == (served.release, served.tree)
    assert "airside verify --repair" in pointer.reason
    assert deploy(whole, A, second=9).generation == 4, "it can be moved again"


def test_an_absurd_entry_in_the_history_does_not_brick_an_environment(whole: FolderStore) -> None:
    path = file_of(whole, environment_key("production"))
    path.write_bytes(absurd(path.read_bytes()))
    file_of(whole, history_key("production", 10**12)).write_bytes(path.read_bytes())
    assert repair(whole) == 1
    assert not verify(whole, EVERYTHING).findings
    assert deploy(whole, A, second=9).generation == 4


def test_a_repair_that_comes_late_changes_nothing(whole: FolderStore) -> None:
    path = file_of(whole, environment_key("production"))
    good = path.read_bytes()
    path.write_bytes(b"{}")
    (late,) = plan_repairs(whole, verify(whole, EVERYTHING), at_hand, Stamp(NOW, "1" * 32), "ana")
    path.write_bytes(good)
    with pytest.raises(LostRaceError):
        late.run()
    assert path.read_bytes() == good


def test_two_whole_pointers_that_differ_are_not_decided_here(whole: FolderStore) -> None:
    other = FolderStore(Path(whole.location).parent / "other")
    deploy(other, A)
    deploy(other, A | {"dags/forged.py": "1"}, second=1)
    data = file_of(other, environment_key("production")).read_bytes()
    file_of(whole, environment_key("production")).write_bytes(data)
    report = verify(whole, Scope((REQUEST.environment,)))
    assert any("differ" in finding.message for finding in report.faults)
    assert not [one for one in plan_repairs(whole, report, nothing, Stamp(NOW, "1" * 32), "ana") if "Move" in one.says]
