"""A full disk at every write, and a kill at any instant."""

import errno
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from cached import leftovers, read_back, ship

from airside.base.digest import Digest
from airside.base.errors import PlatformError
from airside.delivery.checkouts import Checkouts
from airside.store.folder import FolderStore

A = {f"dags/team/workflow_{number}.py": f"x = {number}\n" for number in range(4)}
B = {**A, "dags/team/workflow_3.py": "x = 0.3\n", "lib/sums.py": "y = 1\n"}
WRITING_CALLS = ("write", "mkdir", "fsync", "rename", "replace")
ROUNDS = int(os.environ.get("AIRSIDE_TORTURE_ROUNDS", "20"))  # noqa: TID251 - how long, and nothing else

T = TypeVar("T")


class FullDisk:
    """Lets the first calls that write pass, and then has no space."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
        self.left: int | None = None
        self.made = 0
        for name in WRITING_CALLS:
            monkeypatch.setattr(os, name, self._counted(getattr(os, name)))
        monkeypatch.setattr(os, "open", self._counted(os.open))

    def _counted(self, call: Callable[..., T]) -> Callable[..., T]:
        def counted(*arguments: object, **options: object) -> T:
            if call.__name__ != "open" or arguments[1] & os.O_CREAT:  # type: ignore[operator]
                self._count()
            return call(*arguments, **options)

        return counted

    def _count(self) -> None:
        self.made += 1
        if self.left is not None and self.made > self.left:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def calls_needed(disk: FullDisk, work: Callable[[], object]) -> int:
    disk.left, disk.made = None, 0
    work()
    return disk.made


def refusal(work: Callable[[], object]) -> str | None:
    try:
        work()
    except PlatformError as error:
        return error.message
    return None


@pytest.mark.parametrize("spare", [False, True], ids=["copied", "from the spare"])
def test_a_disk_that_is_full_at_any_write_leaves_the_version_before_and_heals(
    store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spare: bool
) -> None:
    old = ship(store, A)
    new = ship(store, B, base=old)

    def started(name: str) -> Checkouts:
        checkouts = Checkouts(tmp_path / name)
        checkouts.materialise(store, old)
        assert not spare or checkouts.prepare_spare(old)
        return checkouts

    first = started("whole")
    disk = FullDisk(monkeypatch, tmp_path)
    needed = calls_needed(disk, lambda: first.materialise(store, new, near=old))
    assert needed > 10
    for left in range(needed):
        disk.left = None
        checkouts = started(str(left))
        disk.left, disk.made = left, 0
        message = refusal(partial(checkouts.materialise, store, new, near=old))
        assert message is None or "No space is left" in message
        disk.left = None
        assert checkouts.manifest(old)
        assert read_back(checkouts.folder(old)) == A
        if checkouts.manifest(new):
            assert read_back(checkouts.folder(new)) == B
        assert not [name for name in leftovers(checkouts.root) if "spare" not in name]
        checkouts.materialise(store, new, near=old)
        assert read_back(checkouts.folder(new)) == B


def test_a_limit_of_the_size_of_files_is_a_full_disk(store: FolderStore, tmp_path: Path) -> None:
    tree = ship(store, {"dags/big.py": "x = 1\n" * 10_000})
    code = (
        "import resource, sys; from pathlib import Path; from airside.delivery.checkouts import Checkouts;"
        "from airside.store.folder import FolderStore; from airside.base.digest import Digest;"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096));"
        "Checkouts(Path(sys.argv[1])).materialise(FolderStore(Path(sys.argv[2])), Digest(sys.argv[3]))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "cache"), store.location, tree]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "PlatformError: No space is left on the disk" in result.stderr
    assert leftovers(tmp_path / "cache") == []


MATERIALISE = """
import sys
from pathlib import Path
from airside.base.digest import Digest
from airside.delivery.checkouts import Checkouts
from airside.store.folder import FolderStore
root, store, old, new, spare = sys.argv[1:]
checkouts = Checkouts(Path(root))
checkouts.materialise(FolderStore(Path(store)), Digest(old))
if spare == "spare":
    assert checkouts.prepare_spare(Digest(old))
print("go", flush=True)
checkouts.materialise(FolderStore(Path(store)), Digest(new), near=Digest(old))
print("done", flush=True)
"""


class Killed:
    """Runs children that materialise `new` near `old`, and kills them."""

    def __init__(self, store: FolderStore, old: Digest, new: Digest, spare: str) -> None:
        self.arguments = [store.location, old, new, spare]

    def run(self, root: Path, seconds: float | None) -> float:
        """Kill a child after `seconds`, or let it end; return how long it worked."""
        command = [sys.executable, "-c", MATERIALISE, str(root), *self.arguments]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "go\n"
            started = time.monotonic()
            if seconds is None:
                assert child.stdout.readline() == "done\n"
            else:
                time.sleep(seconds)
            child.kill()
        return time.monotonic() - started


@pytest.mark.parametrize("spare", ["", "spare"], ids=["copied", "from the spare"])
def test_a_kill_at_any_instant_leaves_a_version_absent_or_complete(
    store: FolderStore, tmp_path: Path, spare: str
) -> None:
    files = {f"dags/{number % 5}/workflow_{number}.py": f"x = {number}\n" for number in range(200)}
    edited = {**files, **{f"dags/{number % 5}/workflow_{number}.py": "changed\n" for number in range(20)}}
    old = ship(store, files)
    new = ship(store, edited, base=old)
    children = Killed(store, old, new, spare)
    needed = children.run(tmp_path / "whole", None)
    for number in range(ROUNDS // 2):
        root = tmp_path / str(number)
        children.run(root, random.uniform(0, needed * 1.2))  # noqa: S311 - any instant
        checkouts = Checkouts(root)
        assert read_back(checkouts.folder(old)) == files
        if checkouts.folder(new).exists():
            assert read_back(checkouts.folder(new)) == edited
        checkouts.materialise(store, new, near=old)
        assert read_back(checkouts.folder(new)) == edited
        checkouts.materialise(store, ship(store, {"dags/next.py": "1"}))
        assert leftovers(root) == []
