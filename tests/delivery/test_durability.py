import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from cached import ship

from airside.delivery import durability
from airside.delivery.checkouts import Checkouts
from airside.delivery.durability import MANY_FILES, can_sync_all, sync_all
from airside.store.folder import FolderStore

T = TypeVar("T")
FILES = {f"dags/{number % 3}/workflow_{number}.py": f"x = {number}\n" for number in range(MANY_FILES + 10)}
here = pytest.mark.skipif(durability._syncfs() is None, reason="this system has no syncfs that reports errors")


class Trace:
    """Writes down what is made durable and what becomes visible, in order."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.steps: list[tuple[str, str]] = []
        monkeypatch.setattr(os, "fsync", self._noted("fsync", os.fsync))
        monkeypatch.setattr("airside.delivery.writing.sync_all", self._noted("syncfs", sync_all))
        monkeypatch.setattr(os, "rename", self._renamed(os.rename))
        monkeypatch.setattr(os, "replace", self._renamed(os.replace))

    def _noted(self, name: str, call: Callable[[int], None]) -> Callable[[int], None]:
        def noted(descriptor: int) -> None:
            path = Path(f"/proc/self/fd/{descriptor}").readlink()
            call(descriptor)
            self.steps.append((name, str(path)))

        return noted

    def _renamed(self, call: Callable[..., T]) -> Callable[..., T]:
        def renamed(source: Path, target: Path) -> T:
            self.steps.append(("rename", str(target)))
            return call(source, target)

        return renamed


@pytest.mark.parametrize("at_once", [pytest.param(True, marks=here), False])
def test_everything_is_durable_before_it_gets_its_name_and_the_mark_comes_last(
    store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: bool
) -> None:
    tree = ship(store, FILES)
    checkouts = Checkouts(tmp_path / "cache")
    monkeypatch.setattr("airside.delivery.writing.can_sync_all", lambda _: at_once)
    trace = Trace(monkeypatch)
    checkouts.materialise(store, tree)
    folder, mark = checkouts.folder(tree), checkouts.root / ".state" / f"{tree}.json"
    shown = trace.steps.index(("rename", str(folder)))
    before = {path.partition(f"/.staging/{tree}.")[2].partition("/")[2] for _, path in trace.steps[:shown]}
    if at_once:
        assert trace.steps[shown - 1][0] == "syncfs"
    else:
        assert before == {*FILES, "dags", "dags/0", "dags/1", "dags/2", ""}
    after = trace.steps[shown + 1 :]
    assert [name for name, _ in after] == ["fsync", "fsync", "rename", "fsync"]
    assert (after[0][1], after[2][1], after[3][1]) == (str(folder.parent), str(mark), str(mark.parent))


def test_a_change_is_durable_before_it_gets_its_name(
    store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = ship(store, FILES)
    changed = {**FILES, "dags/1/workflow_1.py": "x = 0.1\n", "dags/new/added.py": "y = 1\n"}
    del changed["dags/2/workflow_2.py"]
    new = ship(store, changed, base=old)
    checkouts = Checkouts(tmp_path / "cache")
    checkouts.materialise(store, old)
    checkouts.prepare_spare(old)
    trace = Trace(monkeypatch)
    checkouts.materialise(store, new, near=old)
    shown = trace.steps.index(("rename", str(checkouts.folder(new))))
    synced = {path.partition(".spare.")[2].partition("/")[2] for _, path in trace.steps[:shown]}
    assert synced == {"dags/1/workflow_1.py", "dags/new/added.py", "dags", "dags/1", "dags/2", "dags/new"}


@here
@pytest.mark.parametrize(
    ("waiting", "possible"),
    [("Dirty: 10 kB\nWriteback: 0 kB\n", True), ("Dirty: 100000 kB\nWriteback: 50000 kB\n", False), ("", False)],
)
def test_a_machine_with_much_to_write_is_not_asked_to_write_it_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waiting: str, possible: bool
) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text(f"MemTotal: 1 kB\n{waiting}")
    monkeypatch.setattr(durability, "_MEMINFO", meminfo)
    assert can_sync_all(MANY_FILES) is possible
    assert not can_sync_all(MANY_FILES - 1)
    monkeypatch.setattr(durability, "_MEMINFO", tmp_path / "missing")
    assert not can_sync_all(MANY_FILES)


@here
@pytest.mark.parametrize(
    ("system", "release", "there"),
    [("Linux", "5.8.0-1", True), ("Linux", "6.18.44", True), ("Linux", "5.7.19", False), ("Darwin", "24.0", False)],
)
def test_only_a_kernel_that_reports_errors_is_trusted(
    monkeypatch: pytest.MonkeyPatch, system: str, release: str, there: bool
) -> None:
    monkeypatch.setattr("platform.system", lambda: system)
    monkeypatch.setattr("platform.release", lambda: release)
    assert (durability._syncfs.__wrapped__() is not None) is there


@here
def test_a_sync_that_fails_is_an_error() -> None:
    with pytest.raises(OSError, match="Bad file descriptor"):
        sync_all(-1)
