"""`airside agent` as a process: it starts, is asked, is ended and is killed."""

import signal
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from agents import Process, eventually, request, served
from shipping import deploy

from airside.store.folder import FolderStore

A = {"dags/orders.py": "x = 'a'\n"}
B = {"dags/orders.py": "x = 'b'\n"}


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    store = FolderStore(tmp_path / "store")
    deploy(store, A)
    return store


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "srv" / "flows"


@contextmanager
def process(root: Path, store: FolderStore, *options: str) -> Iterator[Process]:
    """Run `airside agent` meanwhile; whatever becomes of it, it ends with the test."""
    agent = Process(root, store.location, *options)
    try:
        yield agent
    finally:
        agent.end(signal.SIGKILL)


def test_it_starts_refreshes_and_ends_within_a_second(root: Path, store: FolderStore) -> None:
    with process(root, store, "--interval", "600") as agent:
        agent.wait_for("synced")
        assert served(root) == A
        deploy(store, B, second=1)
        assert request(agent.port, "/refresh", "POST")[0] == 202
        eventually(lambda: agent.names.count("synced") == 2)
        assert served(root) == B
        start = time.monotonic()
        assert agent.end(signal.SIGTERM) == 0
        assert time.monotonic() - start < 1
    assert agent.names == ["started", "synced", "synced", "stopping"]
    assert agent.events[-1]["signal"] == "SIGTERM"


def test_it_ends_within_a_second_also_while_the_store_does_not_answer(root: Path) -> None:
    hole = "http://127.0.0.1:9"  # discard: nobody listens, so that requests are tried again for seconds
    options = ["--option", f"endpoint={hole}", "--option", "region=x", "--option", "access_key_id=a"]
    agent = Process(root, "s3://releases", *options, "--option", "secret_access_key=b")
    try:
        agent.wait_for("started")
        time.sleep(0.3)
        start = time.monotonic()
        assert agent.end(signal.SIGTERM) == 0
        assert time.monotonic() - start < 1.5
    finally:
        agent.end(signal.SIGKILL)


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.1, 0.2])
def test_a_kill_leaves_something_whole_and_the_next_start_goes_on(root: Path, store: FolderStore, delay: float) -> None:
    large = {f"dags/f{number}.py": f"x = {number}\n" * 50 for number in range(300)}
    with process(root, store, "--interval", "0.1") as agent:
        agent.wait_for("synced")
        deploy(store, large, second=1)
        time.sleep(delay)
        agent.end(signal.SIGKILL)
    assert served(root) in (A, large)
    with process(root, store, "--interval", "0.1"):
        eventually(lambda: served(root) == large)
    assert not [path for path in root.iterdir() if path.name.startswith(".current")]


def test_once_ends_when_the_folder_is_in_step(root: Path, store: FolderStore) -> None:
    with process(root, store, "--once", "--on-change", f"touch '{root}/told'") as agent:
        assert agent.code() == 0
    assert served(root) == A
    assert (root / "told").exists()


def test_once_ends_at_the_first_failure_or_waits_as_long_as_it_is_told(
    root: Path, store: FolderStore, tmp_path: Path
) -> None:
    away = tmp_path / "away"
    Path(store.location).rename(away)
    with process(root, store, "--once") as agent:
        assert agent.code() == 2, "nothing was ever deployed there"
    with process(root, store, "--once", "--max-failures", "50") as agent:
        agent.wait_for("failing")
        away.rename(store.location)
        assert agent.code() == 0
    assert served(root) == A


def test_a_command_that_keeps_failing_ends_once_with_an_error(root: Path, store: FolderStore) -> None:
    with process(root, store, "--once", "--on-change", "false") as agent:
        assert agent.code() == 1
    assert served(root) == A, "serving does not depend on it"


@pytest.mark.parametrize(
    "options",
    [
        ["--trust", "missing.toml"],
        ["--webhook-token-file", "missing"],
        ["--listen", "8086"],
        ["--option", "region=x"],
        ["--on-change", "'unclosed"],
    ],
)
def test_what_is_wrong_from_the_beginning_ends_it(root: Path, store: FolderStore, options: list[str]) -> None:
    with process(root, store, *options) as agent:
        assert agent.code() == 2
    assert agent.names == []


def test_a_second_one_is_refused_and_does_no_harm(root: Path, store: FolderStore) -> None:
    with process(root, store) as agent:
        agent.wait_for("synced")
        with process(root, store) as other:
            assert other.code() == 3
        assert request(agent.port, "/healthz")[0] == 200


def test_only_its_own_account_may_read_unless_it_is_shared(root: Path, store: FolderStore) -> None:
    with process(root, store, "--once") as agent:
        agent.code()
    assert stat.S_IMODE(root.stat().st_mode) == 0o700
    with process(root, store, "--once", "--shared") as agent:
        agent.code()
    assert stat.S_IMODE(root.stat().st_mode) == 0o711
    way = [root, root / "tracking", *sorted((root / "versions").rglob("*"))]
    assert [path for path in way if path.is_dir() and not path.stat().st_mode & stat.S_IXOTH] == []
    assert [path for path in way if path.is_file() and not path.stat().st_mode & stat.S_IROTH] == []
