"""The command after a change runs at least once for each tree that comes to be served, and never holds up serving."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from agents import eventually, request, running, served
from shipping import deploy

from airside.platform.agent.hook import Hook
from airside.platform.agent.options import Options
from airside.store.folder import FolderStore

A = {"dags/orders.py": "x = 'a'\n"}
B = {"dags/orders.py": "x = 'b'\n"}
TELL = """
import os, pathlib, sys
line = ' '.join(os.environ[f'AIRSIDE_{name}'] for name in ('ENVIRONMENT', 'RELEASE', 'TREE'))
with open(sys.argv[1], 'a') as file:
    file.write(line + chr(10))
sys.exit(pathlib.Path(sys.argv[1] + '.fails').exists())
"""


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "store")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "root"


@pytest.fixture
def told(tmp_path: Path) -> Callable[[], list[str]]:
    """Return what the command was told so far."""
    return lambda: (tmp_path / "told").read_text().splitlines() if (tmp_path / "told").exists() else []


@pytest.fixture
def options(tmp_path: Path) -> Options:
    return Options(interval=0.1, hook=(sys.executable, "-c", TELL, str(tmp_path / "told")))


Told = Callable[[], list[str]]


def test_it_runs_once_a_change_and_is_told_which(root: Path, store: FolderStore, options: Options, told: Told) -> None:
    first = deploy(store, A)
    with running(root, store, options) as agent:
        eventually(lambda: "hook-ran" in agent.names)
        second = deploy(store, B, second=1)
        eventually(lambda: agent.names.count("hook-ran") == 2)
        time.sleep(0.4)
    assert told() == [f"production {move.release} {move.tree}" for move in (first, second)]


def test_a_restart_does_not_run_it_again_and_one_after_a_kill_does(
    root: Path, store: FolderStore, options: Options, told: Told
) -> None:
    deploy(store, A)
    with running(root, store, Options(interval=0.1)):
        eventually(lambda: served(root) == A)  # as if it was killed between the change and the command
    for _ in range(2):
        with running(root, store, options) as agent:
            eventually(lambda: agent.health()[0] == 200 and agent.agent.snapshot.release)
            eventually(lambda: len(told()) == 1)
            time.sleep(0.3)
    assert len(told()) == 1


def test_one_that_fails_is_seen_is_tried_again_and_does_not_hold_up_serving(
    root: Path, store: FolderStore, options: Options, told: Told, tmp_path: Path
) -> None:
    (tmp_path / "told.fails").touch()
    deploy(store, A)
    with running(root, store, options) as agent:
        eventually(lambda: "hook-failing" in agent.names)
        status, health = agent.health()
        assert (status, health["hook_failure"]) == (503, "exit code 1")
        assert request(agent.port, "/readyz")[0] == 200
        second = deploy(store, B, second=1)
        eventually(lambda: served(root) == B)
        assert 'hook_runs_total{result="failed"}' in request(agent.port, "/metrics")[1]
        (tmp_path / "told.fails").unlink()
        eventually(lambda: "hook-ran" in agent.names)
        eventually(lambda: agent.health()[0] == 200)
    assert agent.names.count("hook-failing") == 1
    assert told()[-1].endswith(second.tree)


def test_one_that_hangs_is_ended_with_all_that_it_started() -> None:
    hook = Hook(("sh", "-c", "sleep 87654 & sleep 87655"), timeout=0.5)
    assert hook.run({}) == "it did not end within 0.5 s"
    eventually(lambda: not _sleeping("87654"))


def test_one_that_is_missing_is_named() -> None:
    assert Hook(("no-such-program",), timeout=1).run({}) == "no-such-program cannot be run: No such file or directory"


def test_a_stop_ends_it(root: Path, store: FolderStore) -> None:
    deploy(store, A)
    start = time.monotonic()
    with running(root, store, Options(hook=("sleep", "87656"))):
        eventually(lambda: _sleeping("87656"))
        start = time.monotonic()
    assert time.monotonic() - start < 2
    assert not _sleeping("87656")


def _sleeping(seconds: str) -> bool:
    return any(process.info["cmdline"] == ["sleep", seconds] for process in psutil.process_iter(["cmdline"]))
