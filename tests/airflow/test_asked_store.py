"""A store that another process reads for this one."""

import gc
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from airside.airflow.asked_store import AskedStore
from airside.airflow.store_access import careful_store, own_store
from airside.base.errors import IntegrityError, StoreUnavailableError, UsageError
from airside.store.folder import FolderStore
from airside.store.port import Found, Revision, Unchanged


@pytest.fixture
def asked(store: FolderStore) -> AskedStore:
    store.create("a/b.json", b"first")
    return AskedStore(store.location, {})


def child_of(asked: AskedStore) -> psutil.Process:
    process = asked._process
    assert process is not None
    return psutil.Process(process.pid)


def test_it_reads_what_the_store_holds(asked: AskedStore, store: FolderStore) -> None:
    found = asked.read("a/b.json", limit=100)
    assert found == store.read("a/b.json", limit=100)
    assert isinstance(found, Found)
    assert asked.read("a/b.json", limit=100, unless=found.revision) is Unchanged.UNCHANGED
    assert asked.read("a/none.json", limit=100) is None
    assert asked.location == store.location


def test_its_errors_are_those_of_the_store(asked: AskedStore) -> None:
    with pytest.raises(IntegrityError, match="5 bytes"):
        asked.read("a/b.json", limit=1)
    with pytest.raises(UsageError, match="cannot be the name"):
        asked.read("../x", limit=1)
    with pytest.raises(UsageError, match="is not the place of a store") as caught:
        AskedStore("nonsense", {}).read("x", limit=1)
    assert caught.value.hint
    assert isinstance(asked.read("a/b.json", limit=100), Found), "an error ends nothing"


def test_what_is_large_comes_whole(asked: AskedStore, store: FolderStore) -> None:
    data = os.urandom(5_000_000)
    store.create("large", data)
    found = asked.read("large", limit=10_000_000)
    assert isinstance(found, Found)
    assert found.data == data


@pytest.mark.parametrize(
    "write",
    [
        lambda asked: asked.create("x", b""),
        lambda asked: asked.replace("x", b"", Revision("1")),
        lambda asked: asked.list(""),
        lambda asked: asked.delete("x"),
    ],
)
def test_it_cannot_write(asked: AskedStore, write: Callable[[AskedStore], object]) -> None:
    with pytest.raises(UsageError, match="for reading alone"):
        write(asked)


def test_a_process_that_is_killed_is_started_again(asked: AskedStore) -> None:
    asked.read("a/b.json", limit=100)
    child_of(asked).send_signal(signal.SIGKILL)
    child_of(asked).wait(10)
    with pytest.raises(StoreUnavailableError, match="has ended"):
        asked.read("a/b.json", limit=100)
    assert isinstance(asked.read("a/b.json", limit=100), Found)


def test_a_process_that_has_ended_leaves_nothing_behind(asked: AskedStore) -> None:
    this = psutil.Process()
    asked.read("a/b.json", limit=100)
    files = this.num_fds()
    for _ in range(3):
        child = child_of(asked)
        child.kill()
        with pytest.raises(StoreUnavailableError, match="has ended"):
            asked.read("a/b.json", limit=100)
        assert not psutil.pid_exists(child.pid), "it is reaped"
        asked.read("a/b.json", limit=100)
    assert this.num_fds() == files


def test_an_answer_that_nobody_waited_for_is_not_taken_for_another_one(
    asked: AskedStore, store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.create("other", b"second")
    asked.read("other", limit=100)

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("airside.airflow.asked_store.receive", interrupted)
        with pytest.raises(KeyboardInterrupt):
            asked.read("a/b.json", limit=100)
    found = asked.read("other", limit=100)
    assert isinstance(found, Found)
    assert found.data == b"second"


@pytest.mark.parametrize(
    "hook", ["print('Hello', flush=True)", "print('x' * 100, flush=True)", "print(end=chr(0) * 4, flush=True)"]
)
def test_what_a_start_up_hook_prints_is_no_answer(asked: AskedStore, tmp_path: Path, hook: str) -> None:
    code = f"{hook}; from airside.airflow.asked_store_process import main; main()"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("airside.airflow.asked_store.PROGRAM", ("-c", code))
        with pytest.raises(StoreUnavailableError):
            asked.read("a/b.json", limit=100)
    assert isinstance(asked.read("a/b.json", limit=100), Found)


def test_the_process_ends_with_the_store(asked: AskedStore) -> None:
    asked.read("a/b.json", limit=100)
    child = child_of(asked)
    again = AskedStore(asked.location, {})
    again.read("a/b.json", limit=100)
    other = child_of(again)
    del again
    gc.collect()
    other.wait(10)
    assert child.is_running(), "and not with another one"


OWNER = """
import os, sys
from airside.airflow.asked_store import AskedStore
asked = AskedStore(sys.argv[1], {})
asked.read("a/b.json", limit=100)
print(asked._process.pid, flush=True)
os.kill(os.getpid(), 9)
"""


def test_the_process_ends_with_the_one_that_is_killed(asked: AskedStore) -> None:
    command = [sys.executable, "-c", OWNER, asked.location]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    child = int(done.stdout)
    psutil.wait_procs([psutil.Process(child)] if psutil.pid_exists(child) else [], timeout=10)
    assert not psutil.pid_exists(child)


def test_options_are_no_arguments_of_the_process(store: FolderStore) -> None:
    asked = AskedStore(store.location, {"secret_access_key": "canary-94"})
    with pytest.raises(UsageError, match="takes no options"):
        asked.read("x", limit=1)
    child = child_of(asked)
    assert "canary-94" not in " ".join(child.cmdline())
    assert "canary-94" not in " ".join(child.environ().values())


def test_a_folder_needs_no_other_process(store: FolderStore, tmp_path: Path) -> None:
    assert isinstance(careful_store(store.location, {}), FolderStore)
    assert isinstance(own_store(str(tmp_path), {}), FolderStore)
    assert isinstance(careful_store("s3://bucket/x", {}), AskedStore)
