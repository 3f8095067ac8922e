import os
import stat
import time
from pathlib import Path

import pytest
from cached import OLD, age, leftovers, read_back, ship

from airside.base.errors import IntegrityError, StoreUnavailableError
from airside.conformance.faults import Down, Wrapped
from airside.delivery.checkouts import Checkouts
from airside.store.folder import FolderStore

A = {f"dags/team/workflow_{number}.py": f"x = {number}\n" for number in range(10)} | {"lib/sums.py": "one = 1\n"}
B = {**A, "dags/team/workflow_3.py": "x = 0.3\n", "dags/new/added.py": "y = 1\n"}
del B["lib/sums.py"]


@pytest.fixture
def checkouts(tmp_path: Path) -> Checkouts:
    return Checkouts(tmp_path / "cache")


def packs_read(store: Wrapped) -> int:
    return sum(call.startswith("read packs/") for call in store.calls)


def mtimes(folder: Path) -> dict[str, int]:
    return {path: (folder / path).stat().st_mtime_ns for path in read_back(folder)}


def test_a_tree_on_the_disk_is_the_tree_in_the_store(store: FolderStore, checkouts: Checkouts) -> None:
    tree = ship(store, A)
    manifest = checkouts.materialise(store, tree)
    assert read_back(checkouts.folder(tree)) == A
    assert checkouts.manifest(tree) == manifest
    assert leftovers(checkouts.root) == []


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_modes_do_not_depend_on_the_umask(store: FolderStore, checkouts: Checkouts, umask: int) -> None:
    tree = ship(store, A)
    before = os.umask(umask)
    try:
        checkouts.materialise(store, tree)
    finally:
        os.umask(before)
    folder = checkouts.folder(tree)
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*.py")} == {0o444}
    assert {stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.rglob("*")] if path.is_dir()} == {0o755}
    assert not folder.is_symlink()


def test_many_files_are_whole_however_they_are_made_durable(
    store: FolderStore, checkouts: Checkouts, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {f"dags/{number % 7}/workflow_{number}.py": f"x = {number}\n" for number in range(300)}
    tree = ship(store, files)
    checkouts.materialise(store, tree)
    assert read_back(checkouts.folder(tree)) == files
    monkeypatch.setattr("airside.delivery.writing.can_sync_all", lambda _: False)
    other = Checkouts(checkouts.root.with_name("other"))
    other.materialise(store, tree)
    assert read_back(other.folder(tree)) == files


def test_what_is_here_costs_no_request(store: FolderStore, checkouts: Checkouts) -> None:
    tree = ship(store, A)
    checkouts.materialise(store, tree)
    traced = Down(store)
    assert checkouts.materialise(traced, tree).digest == tree
    assert traced.calls == []


def test_a_warm_reader_fetches_only_the_pack_that_it_lacks(store: FolderStore, checkouts: Checkouts) -> None:
    old = ship(store, A)
    new = ship(store, B, base=old)
    checkouts.materialise(store, old)
    traced = Wrapped(store)
    manifest = checkouts.materialise(traced, new, near=old)
    assert read_back(checkouts.folder(new)) == B
    assert traced.calls == [f"read trees/{new}.json", f"read packs/{manifest.packs[1].digest}"]


def test_nothing_is_fetched_when_every_content_is_here(store: FolderStore, checkouts: Checkouts) -> None:
    old = ship(store, A)
    moved = {path.replace("team", "group"): text for path, text in A.items()}
    new = ship(store, moved, base=old)
    checkouts.materialise(store, old)
    traced = Wrapped(store)
    checkouts.materialise(traced, new, near=old)
    assert read_back(checkouts.folder(new)) == moved
    assert packs_read(traced) == 0


def test_contents_come_from_any_tree_that_is_here(store: FolderStore, checkouts: Checkouts) -> None:
    first = ship(store, A)
    mixed = ship(store, {path: text for path, text in A.items() if "lib" not in path})
    checkouts.materialise(store, first)
    traced = Wrapped(store)
    checkouts.materialise(traced, mixed)
    assert packs_read(traced) == 0


def test_copies_are_files_of_their_own(store: FolderStore, checkouts: Checkouts) -> None:
    old = ship(store, A)
    new = ship(store, B, base=old)
    checkouts.materialise(store, old)
    checkouts.materialise(store, new, near=old)
    for path in set(A) & set(B):
        assert (checkouts.folder(new) / path).stat().st_nlink == 1
        assert not (checkouts.folder(new) / path).samefile(checkouts.folder(old) / path)


@pytest.mark.parametrize("harm", ["other bytes", "shorter", "gone", "a link", "a folder", "a pipe"])
def test_a_harmed_neighbour_harms_nobody_else(store: FolderStore, checkouts: Checkouts, harm: str) -> None:
    old = ship(store, A)
    new = ship(store, B, base=old)
    checkouts.materialise(store, old)
    victim = checkouts.folder(old) / "dags/team/workflow_5.py"
    text = victim.read_text()
    victim.unlink()
    if harm == "other bytes":
        victim.write_text(text.replace("5", "6"))
    elif harm == "shorter":
        victim.write_text(text[:-1])
    elif harm == "a link":
        victim.symlink_to("/etc/hostname")
    elif harm == "a folder":
        victim.mkdir()
    elif harm == "a pipe":
        os.mkfifo(victim)
    checkouts.materialise(store, new, near=old)
    assert read_back(checkouts.folder(new)) == B


def test_a_file_that_is_the_same_keeps_its_time_of_change_and_others_are_changed_now(
    store: FolderStore, checkouts: Checkouts
) -> None:
    old = ship(store, A)
    new = ship(store, B, base=old)
    checkouts.materialise(store, old)
    age(checkouts.folder(old))
    started = time.time_ns()
    checkouts.materialise(store, new, near=old)
    found = mtimes(checkouts.folder(new))
    changed = {"dags/team/workflow_3.py", "dags/new/added.py"}
    assert {path for path, mtime in found.items() if mtime != OLD} == changed
    assert all(found[path] > started - 50_000_000 for path in changed), "the clock of files is a coarse one"


def test_a_file_that_moved_is_changed_now(store: FolderStore, checkouts: Checkouts) -> None:
    old = ship(store, A)
    new = ship(store, {path.replace("team/workflow_1", "team/renamed"): text for path, text in A.items()}, base=old)
    checkouts.materialise(store, old)
    age(checkouts.folder(old))
    checkouts.materialise(store, new, near=old)
    assert [path for path, at in mtimes(checkouts.folder(new)).items() if at != OLD] == ["dags/team/renamed.py"]


def test_a_rollback_changes_the_times_of_what_differs_and_of_nothing_else(
    store: FolderStore, checkouts: Checkouts
) -> None:
    old = ship(store, A)
    new = ship(store, B, base=old)
    manifest = checkouts.materialise(store, old)
    checkouts.materialise(store, new, near=old)
    age(checkouts.folder(new))
    started = time.time_ns()
    checkouts.align(manifest, new)
    found = mtimes(checkouts.folder(old))
    assert {path for path, at in found.items() if at >= started} == {"dags/team/workflow_3.py", "lib/sums.py"}
    assert {at for at in found.values() if at < started} == {OLD}


def test_what_is_aligned_already_is_left_alone(store: FolderStore, checkouts: Checkouts) -> None:
    old = ship(store, A)
    manifest = checkouts.materialise(store, old)
    age(checkouts.folder(old))
    checkouts.align(manifest, old)
    assert set(mtimes(checkouts.folder(old)).values()) == {OLD}


@pytest.mark.parametrize("near", [True, False])
def test_without_a_tree_before_everything_is_changed_now(store: FolderStore, checkouts: Checkouts, near: bool) -> None:
    old = ship(store, A)
    manifest = checkouts.materialise(store, old)
    age(checkouts.folder(old))
    started = time.time_ns()
    checkouts.align(manifest, ship(store, B) if near else None)
    assert min(mtimes(checkouts.folder(old)).values()) >= started


@pytest.mark.parametrize("harm", ["removed", "truncated", "a folder removed", "a mark damaged", "a link", "all"])
def test_a_half_removed_version_is_noticed_and_healed(store: FolderStore, checkouts: Checkouts, harm: str) -> None:
    tree = ship(store, A)
    checkouts.materialise(store, tree)
    folder = checkouts.folder(tree)
    victim = folder / "dags/team/workflow_5.py"
    if harm == "removed":
        victim.unlink()
    elif harm == "truncated":
        victim.chmod(0o600)
        victim.write_text("")
    elif harm == "a folder removed":
        (folder / "lib").rename(checkouts.root / "elsewhere")
    elif harm == "a mark damaged":
        mark = checkouts.root / ".state" / f"{tree}.json"
        mark.write_bytes(mark.read_bytes().replace(b"workflow_5", b"workflow_6"))
    elif harm == "a link":
        victim.unlink()
        victim.symlink_to("x" * len(A["dags/team/workflow_5.py"]))
    else:
        folder.rename(checkouts.root / "elsewhere")
    assert checkouts.manifest(tree) is None
    checkouts.materialise(store, tree)
    assert read_back(folder) == A
    assert checkouts.manifest(tree)
    assert leftovers(checkouts.root) == []


def test_bytecode_beside_the_files_does_not_matter(store: FolderStore, checkouts: Checkouts) -> None:
    tree = ship(store, A)
    checkouts.materialise(store, tree)
    cache = checkouts.folder(tree) / "dags/team/__pycache__"
    cache.mkdir()
    (cache / "workflow_1.cpython-311.pyc").write_bytes(b"x")
    assert checkouts.manifest(tree)


def test_the_mark_of_a_version_that_airflow_removed_goes_with_the_next_fetch(
    store: FolderStore, checkouts: Checkouts
) -> None:
    old, new = ship(store, A), ship(store, B)
    checkouts.materialise(store, old)
    (checkouts.root / ".state" / "production.json").write_text("not a mark")
    checkouts.folder(old).rename(checkouts.root / "elsewhere")
    checkouts.materialise(store, new)
    assert {path.name for path in (checkouts.root / ".state").iterdir()} == {f"{new}.json", "production.json"}


def test_a_store_that_is_down_leaves_nothing(store: FolderStore, checkouts: Checkouts) -> None:
    tree = ship(store, A)
    with pytest.raises(StoreUnavailableError):
        checkouts.materialise(Down(store, prefix="packs/"), tree)
    assert checkouts.manifest(tree) is None
    assert not checkouts.folder(tree).exists()
    assert leftovers(checkouts.root) == []
    checkouts.materialise(store, tree)


def test_bad_bytes_become_visible_nowhere(store: FolderStore, checkouts: Checkouts, tmp_path: Path) -> None:
    tree = ship(store, A)
    (pack,) = (tmp_path / "store" / "packs").iterdir()
    data = bytearray(pack.read_bytes())
    data[len(data) // 2] ^= 1
    pack.write_bytes(data)
    with pytest.raises(IntegrityError):
        checkouts.materialise(store, tree)
    assert not checkouts.folder(tree).exists()
    assert leftovers(checkouts.root) == []
