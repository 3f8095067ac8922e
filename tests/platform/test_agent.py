"""An agent heals what was left or harmed, follows moves in both directions, and never serves less than it did."""

import os
import shutil
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest
from agents import Thread, eventually, request, running, served
from shipping import REQUEST, apply, deploy
from signing_keys import TWO_OF_THREE, trust_text

from airside.base.errors import PlatformError, RefusedError
from airside.conformance.faults import Down, Wrapped
from airside.delivery.checkouts import Checkouts
from airside.delivery.moves import propose_rollback
from airside.platform.agent.options import Options
from airside.platform.agent.retention import removable, retired
from airside.release.pointer import Pin
from airside.store.folder import FolderStore
from airside.store.port import Found, Revision, Unchanged

A = {"dags/orders.py": "x = 'a'\n", "lib/run.sh": ""}
B = {"dags/orders.py": "x = 'b'\n"}
C = {"dags/orders.py": "x = 'c'\n"}
PIN = Pin(by="ana", at="2026-11-21T04:30:00Z")

Run = Callable[..., AbstractContextManager[Thread]]


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "store")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "flüge & Züge"


@pytest.fixture
def run(root: Path, store: FolderStore) -> Run:
    """Run an agent that looks often."""
    return partial(running, root, store, Options(interval=0.1))


def test_it_moves_forward_and_back_at_a_path_that_stays(run: Run, root: Path, store: FolderStore) -> None:
    deploy(store, A)
    with run() as agent:
        eventually(lambda: served(root) == A)
        deploy(store, B, second=1)
        eventually(lambda: served(root) == B)
        apply(store, propose_rollback(store, REQUEST, None, PIN))
        eventually(lambda: served(root) == A)
        eventually(lambda: agent.health()[1]["generation"] == 3)
    assert agent.names == ["synced", "synced", "synced"]
    assert len(list((root / "versions").iterdir())) == 2, "the version to go back to was still there"


def test_nothing_is_told_while_nothing_changes(run: Run, root: Path, store: FolderStore) -> None:
    deploy(store, A)
    with run() as agent:
        eventually(lambda: served(root) == A)
        time.sleep(0.6)
    assert agent.names == ["synced"]


def test_a_look_without_change_is_one_request(root: Path, store: FolderStore) -> None:
    deploy(store, A)
    counting = Wrapped(store)
    with running(root, counting, Options(interval=0.1)):
        eventually(lambda: len(counting.calls) > 8)
    assert set(counting.calls[4:]) == {"read environments/production.json"}


def test_the_first_deploy_may_come_after_the_start(run: Run, root: Path, store: FolderStore) -> None:
    with run() as agent:
        eventually(lambda: agent.names == ["failing"])
        assert served(root) == {}
        status, health = agent.health()
        assert (status, health["reason"]) == (503, "Nothing was ever deployed to 'production'")
        deploy(store, A)
        eventually(lambda: served(root) == A)
        eventually(lambda: agent.health()[0] == 200)


def test_a_store_that_is_down_at_the_start_is_waited_for(root: Path, store: FolderStore) -> None:
    deploy(store, A)
    down = Down(store)
    with running(root, down, Options(interval=0.1)) as agent:
        eventually(lambda: agent.agent.snapshot.failures > 1)
        down.down = False
        eventually(lambda: served(root) == A)
        eventually(lambda: "synced" in agent.names)
    assert agent.names == ["failing", "recovered", "synced"], "one line for each change, not for each attempt"


def test_a_store_that_goes_down_leaves_what_is_served_and_is_called_stale(root: Path, store: FolderStore) -> None:
    deploy(store, A)
    down = Down(store, down=False)
    with running(root, down, Options(interval=0.1, stale_after=1.0)) as agent:
        eventually(lambda: agent.health()[0] == 200)
        down.down = True
        eventually(lambda: "stale" in agent.names)
        status, health = agent.health()
        assert (status, health["stale"]) == (503, True)
        assert "does not answer" in health["reason"]
        assert "airside_agent_stale 1.0" in request(agent.port, "/metrics")[1]
        assert request(agent.port, "/readyz")[0] == 200, "it can be served from all the same"
        assert served(root) == A
        down.down = False
        agent.agent.refresh()
        eventually(lambda: agent.health()[0] == 200)
    assert agent.names == ["synced", "failing", "stale", "recovered"]


def test_a_restart_serves_the_old_tree_at_once_while_the_store_is_down(
    run: Run, root: Path, store: FolderStore
) -> None:
    pointer = deploy(store, A)
    with run():
        eventually(lambda: served(root) == A)
    with running(root, Down(store), Options(interval=0.1)) as agent:
        assert request(agent.port, "/readyz") == (200, {"ready": True, "tree": pointer.tree, "reason": None})
        assert served(root) == A
        status, health = agent.health()
        assert (status, health["tree"]) == (200, pointer.tree), "confirmed a moment ago, before the restart"


def test_a_slow_store_keeps_no_question_waiting(root: Path, store: FolderStore) -> None:
    class Slow(Wrapped):
        def read(self, key: str, *, limit: int, unless: Revision | None = None) -> Found | Unchanged | None:
            time.sleep(0.5)
            return super().read(key, limit=limit, unless=unless)

    deploy(store, A)
    with running(root, Slow(store), Options(interval=0.1)) as agent:
        start = time.monotonic()
        assert request(agent.port, "/readyz")[0] == 503
        assert time.monotonic() - start < 0.4
        eventually(lambda: served(root) == A)


def test_a_kill_before_the_link_was_made_is_mended(run: Run, root: Path, store: FolderStore) -> None:
    pointer = deploy(store, A)
    Checkouts(root).materialise(store, pointer.tree)
    with run():
        eventually(lambda: served(root) == A)


def _wrong_content(version: Path) -> None:
    (version / "dags/orders.py").chmod(0o644)
    (version / "dags/orders.py").write_text("x = 'z'\n")  # of the same length


def _no_folder(version: Path) -> None:
    shutil.rmtree(version)


def _no_file(version: Path) -> None:
    (version / "dags/orders.py").unlink()


def _a_foreign_file(version: Path) -> None:
    (version / "dags/foreign.py").touch()


def _a_file_in_its_place(version: Path) -> None:
    shutil.rmtree(version)
    version.touch()


@pytest.mark.parametrize("harm", [_wrong_content, _no_folder, _no_file, _a_foreign_file, _a_file_in_its_place])
def test_a_version_that_was_harmed_while_no_agent_ran_is_mended(
    run: Run, root: Path, store: FolderStore, harm: Callable[[Path], None]
) -> None:
    pointer = deploy(store, A)
    with run():
        eventually(lambda: served(root) == A)
    harm(root / "versions" / pointer.tree)
    with run():
        eventually(lambda: served(root) == A)


def test_a_former_version_that_was_harmed_is_mended_when_it_is_served_again(
    run: Run, root: Path, store: FolderStore
) -> None:
    pointer = deploy(store, A)
    with run() as agent:
        eventually(lambda: served(root) == A)
        deploy(store, B, second=1)
        eventually(lambda: served(root) == B)
        _wrong_content(root / "versions" / pointer.tree)
        apply(store, propose_rollback(store, REQUEST, None, PIN))
        eventually(lambda: "mended" in agent.names)
        assert served(root) == A


@pytest.mark.parametrize("harm", [_no_folder, _no_file])
def test_a_version_that_is_removed_under_a_running_agent_is_brought_back(
    run: Run, root: Path, store: FolderStore, harm: Callable[[Path], None]
) -> None:
    pointer = deploy(store, A)
    with run():
        eventually(lambda: served(root) == A)
        harm(root / "versions" / pointer.tree)
        eventually(lambda: served(root) == A)


def test_harm_that_cannot_be_mended_is_told_once_and_mended_later(root: Path, store: FolderStore) -> None:
    pointer = deploy(store, A)
    with running(root, store, Options(interval=0.1)):
        eventually(lambda: served(root) == A)
    _wrong_content(root / "versions" / pointer.tree)
    down = Down(store, prefix="packs/")
    with running(root, down, Options(interval=0.1)) as agent:
        eventually(lambda: agent.agent.snapshot.failures > 2)
        assert agent.names.count("damaged") == 1
        down.down = False
        agent.agent.refresh()
        eventually(lambda: served(root) == A)
        eventually(lambda: "mended" in agent.names)


def test_what_a_killed_agent_left_is_swept(run: Run, root: Path, store: FolderStore) -> None:
    pointer = deploy(store, A)
    with run():
        eventually(lambda: served(root) == A)
    (root / ".staging" / f"{pointer.tree}.0123").mkdir()
    (root / ".staging" / f"{pointer.tree}.0123" / "half").touch()
    (root / "tracking" / ".0123456789abcdef").symlink_to("nowhere")
    with run():
        deploy(store, B, second=1)
        eventually(lambda: served(root) == B)
        eventually(lambda: not (root / ".staging" / f"{pointer.tree}.0123").exists())


@pytest.mark.parametrize("make", [Path.touch, Path.mkdir, lambda path: path.symlink_to("/etc")])
def test_a_name_that_others_took_is_left_to_them(root: Path, run: Run, make: Callable[[Path], None]) -> None:
    root.mkdir(mode=0o700)
    make(root / "current")
    before = (root / "current").lstat()
    with pytest.raises(RefusedError, match="is there already"), run():
        pytest.fail("it started")
    assert (root / "current").lstat() == before


def test_files_of_others_beside_it_stay(root: Path, run: Run, store: FolderStore) -> None:
    deploy(store, A)
    root.mkdir(mode=0o700)
    (root / "mine.txt").write_text("mine")
    with run():
        eventually(lambda: served(root) == A)
    assert (root / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize("spoil", ["link", "writable"])
def test_a_folder_that_others_can_change_is_refused(root: Path, tmp_path: Path, run: Run, spoil: str) -> None:
    if spoil == "link":
        (tmp_path / "elsewhere").mkdir()
        root.symlink_to(tmp_path / "elsewhere")
    else:
        root.mkdir()
        root.chmod(0o777)
    with pytest.raises(PlatformError), run():
        pytest.fail("it started")


def test_a_second_agent_of_a_folder_is_refused(run: Run, store: FolderStore) -> None:
    deploy(store, A)
    with run(), pytest.raises(RefusedError, match=f"process {os.getpid()}"), run():
        pytest.fail("it started")
    with run():
        pass


def test_a_store_that_was_set_back_is_not_followed(run: Run, root: Path, store: FolderStore, tmp_path: Path) -> None:
    deploy(store, A)
    shutil.copytree(store.location, tmp_path / "old")
    deploy(store, B, second=1)
    with run():
        eventually(lambda: served(root) == B)
    shutil.rmtree(store.location)
    (tmp_path / "old").rename(store.location)
    with run() as agent:
        eventually(lambda: "failing" in agent.names)
        assert "went back from generation 2 to 1" in (agent.agent.snapshot.failure or "")
        assert served(root) == B


def test_an_unsigned_release_is_refused_and_the_old_one_stays(root: Path, store: FolderStore, tmp_path: Path) -> None:
    trust = tmp_path / "trust.toml"
    trust.write_text(trust_text({"production": {"unsigned": True}}))
    trust.chmod(0o644)
    deploy(store, A)
    with running(root, store, Options(interval=0.1), trust=trust) as agent:
        eventually(lambda: served(root) == A)
        trust.write_text(trust_text(TWO_OF_THREE))
        deploy(store, B, second=1)
        eventually(lambda: "failing" in agent.names)
        assert "signed by nobody" in (agent.agent.snapshot.failure or "")
        assert served(root) == A


def _serves(root: Path, files: dict[str, str]) -> bool:
    return served(root) == files


def test_former_versions_are_kept_for_a_while_and_then_removed(root: Path, store: FolderStore) -> None:
    with running(root, store, Options(interval=0.1, keep=1, grace=0.5)) as agent:
        for second, files in enumerate((A, B, C)):
            deploy(store, files, second=second)
            agent.agent.refresh()
            eventually(partial(_serves, root, files))
        assert len(list((root / "versions").iterdir())) == 3, "within the grace a reader may still be in the middle"
        (root / "versions" / "mine").mkdir()
        eventually(lambda: len(list((root / "versions").iterdir())) == 3)
        time.sleep(1)
        assert (root / "versions" / "mine").exists()
        assert served(root) == C
    assert agent.names.count("removed") == 1


def test_a_version_that_comes_back_counts_anew() -> None:
    first = retired({}, {"a", "b"}, "b", 100.0)
    assert first == {"a": 100.0}
    assert retired(first, {"a", "b"}, "a", 200.0) == {"b": 200.0}, "nobody left the current one"
    assert retired({"a": 900.0}, {"a"}, None, 200.0) == {"a": 200.0}, "a clock that was ahead keeps nothing for ever"
    assert removable({"a": 1.0, "b": 2.0, "c": 3.0}, keep=1, grace=10, moment=100) == ["b", "a"]
    assert removable({"a": 95.0}, keep=0, grace=10, moment=100) == []
