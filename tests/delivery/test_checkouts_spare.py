import os
import threading
from pathlib import Path

import pytest
from cached import OLD, age, leftovers, read_back, ship

from airside.base.errors import StoreUnavailableError
from airside.conformance.faults import Down, Wrapped
from airside.delivery.checkouts import Checkouts
from airside.store.folder import FolderStore

A = {f"dags/team/workflow_{number}.py": f"x = {number}\n" for number in range(10)} | {"lib/deep/sums.py": "one = 1\n"}
B = {**A, "dags/team/workflow_3.py": "x = 0.3\n", "dags/new/added.py": "y = 1\n"}
del B["lib/deep/sums.py"]


@pytest.fixture
def checkouts(tmp_path: Path) -> Checkouts:
    return Checkouts(tmp_path / "cache")


def prepared(store: FolderStore, checkouts: Checkouts) -> tuple[str, os.stat_result]:
    """Materialise A, keep a spare of it, and return its path and what is known of one unchanged file in it."""
    tree = ship(store, A)
    checkouts.materialise(store, tree)
    age(checkouts.folder(tree))
    assert checkouts.prepare_spare(tree)
    (name,) = leftovers(checkouts.root)
    return name, (checkouts.root / ".staging" / name / "dags/team/workflow_1.py").stat()


def test_the_next_tree_is_made_out_of_the_spare(store: FolderStore, checkouts: Checkouts) -> None:
    _, unchanged = prepared(store, checkouts)
    old, new = ship(store, A), ship(store, B, base=ship(store, A))
    traced = Wrapped(store)
    checkouts.materialise(traced, new, near=old)
    folder = checkouts.folder(new)
    assert read_back(folder) == B
    assert (folder / "dags/team/workflow_1.py").stat().st_ino == unchanged.st_ino, "it was not copied again"
    assert len(traced.calls) == 2, "the manifest, and the pack with what is new"
    times = {path: (folder / path).stat().st_mtime_ns for path in B}
    assert {path for path, at in times.items() if at != OLD} == {"dags/team/workflow_3.py", "dags/new/added.py"}
    assert leftovers(checkouts.root) == []
    assert not (folder / "lib").exists()
    assert checkouts.manifest(new)
    assert read_back(checkouts.folder(old)) == A


def test_a_folder_becomes_a_file_and_a_file_a_folder(store: FolderStore, checkouts: Checkouts) -> None:
    old = ship(store, {"dags/a/b.py": "1", "lib": "2"})
    files = {"dags/a": "3", "lib/c/d.py": "4"}
    new = ship(store, files, base=old)
    checkouts.materialise(store, old)
    checkouts.prepare_spare(old)
    checkouts.materialise(store, new, near=old)
    assert read_back(checkouts.folder(new)) == files


@pytest.mark.parametrize("harm", ["gone", "a file gone", "a file edited", "a file added", "a file touched"])
def test_a_harmed_spare_is_not_used(store: FolderStore, checkouts: Checkouts, harm: str) -> None:
    name, unchanged = prepared(store, checkouts)
    spare = checkouts.root / ".staging" / name
    victim = spare / "dags/team/workflow_1.py"
    opened = victim.open()  # else the number of its inode could be given to the next file
    if harm == "gone":
        spare.rename(checkouts.root / "elsewhere")
    elif harm == "a file gone":
        victim.unlink()
    elif harm == "a file edited":
        victim.chmod(0o600)
        victim.write_text("x = 9\n")
        os.utime(victim, ns=(OLD, OLD))
    elif harm == "a file added":
        (spare / "dags/team/planted.py").write_text("")
    else:
        victim.touch()
    old = ship(store, A)
    new = ship(store, B, base=old)
    checkouts.materialise(store, new, near=old)
    assert read_back(checkouts.folder(new)) == B
    assert (checkouts.folder(new) / "dags/team/workflow_1.py").stat().st_ino != unchanged.st_ino
    assert leftovers(checkouts.root) == []
    opened.close()


def test_a_spare_of_another_tree_is_kept(store: FolderStore, checkouts: Checkouts) -> None:
    name, _ = prepared(store, checkouts)
    other = ship(store, {"dags/other.py": "1"})
    checkouts.materialise(store, other)
    assert leftovers(checkouts.root) == [name], "a sweep leaves it alone while its owner lives"
    Checkouts(checkouts.root).materialise(store, ship(store, {"dags/more.py": "1"}))
    assert leftovers(checkouts.root) == [name]


def test_a_spare_is_replaced_by_that_of_the_next_tree(store: FolderStore, checkouts: Checkouts) -> None:
    name, _ = prepared(store, checkouts)
    assert checkouts.prepare_spare(ship(store, A))
    assert leftovers(checkouts.root) == [name], "there is one already"
    new = ship(store, B)
    checkouts.materialise(store, new)
    assert checkouts.prepare_spare(new)
    assert [left.startswith(f"{new}.spare.") for left in leftovers(checkouts.root)] == [True]


def test_there_is_no_spare_of_what_is_not_here_or_is_harmed(store: FolderStore, checkouts: Checkouts) -> None:
    tree = ship(store, A)
    assert not checkouts.prepare_spare(tree)
    checkouts.materialise(store, tree)
    victim = checkouts.folder(tree) / "dags/team/workflow_1.py"
    victim.chmod(0o600)
    victim.write_text("x = 9\n")
    assert not checkouts.prepare_spare(tree)
    assert leftovers(checkouts.root) == []


def test_a_store_that_is_down_leaves_the_spare_for_the_next_try(store: FolderStore, checkouts: Checkouts) -> None:
    name, unchanged = prepared(store, checkouts)
    old = ship(store, A)
    new = ship(store, B, base=old)
    with pytest.raises(StoreUnavailableError):
        checkouts.materialise(Down(store, prefix="packs/"), new, near=old)
    assert leftovers(checkouts.root) == [name]
    checkouts.materialise(store, new, near=old)
    assert (checkouts.folder(new) / "dags/team/workflow_1.py").stat().st_ino == unchanged.st_ino


def test_a_spare_serves_one_of_two_threads(store: FolderStore, checkouts: Checkouts) -> None:
    prepared(store, checkouts)
    old = ship(store, A)
    trees = [ship(store, {**A, "dags/team/workflow_0.py": f"x = {number}.5\n"}, base=old) for number in range(4)]
    barrier = threading.Barrier(len(trees))

    def work(number: int) -> None:
        barrier.wait()
        checkouts.materialise(store, trees[number], near=old)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(trees))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, tree in enumerate(trees):
        assert read_back(checkouts.folder(tree))["dags/team/workflow_0.py"] == f"x = {number}.5\n"
        assert len(read_back(checkouts.folder(tree))) == len(A)
        assert checkouts.manifest(tree)
    assert leftovers(checkouts.root) == []


def test_a_forked_child_leaves_the_spare_to_its_parent(store: FolderStore, checkouts: Checkouts) -> None:
    name, _ = prepared(store, checkouts)
    old = ship(store, A)
    new = ship(store, B, base=old)
    child = os.fork()
    if child == 0:
        try:
            checkouts.materialise(store, new, near=old)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert leftovers(checkouts.root) == [name]
    assert read_back(checkouts.folder(new)) == B
