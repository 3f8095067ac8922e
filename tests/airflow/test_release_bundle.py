import errno
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from airflow.dag_processing.bundles.base import BundleUsageTrackingManager, get_bundle_tracking_dir
from airflow.exceptions import AirflowConfigException
from airflow.observability import stats
from shipping import REQUEST, apply, deploy

from airside.airflow import ReleaseBundle
from airside.airflow import release_bundle as module
from airside.base.digest import Digest
from airside.base.errors import AirsideError, IntegrityError, PlatformError, StoreUnavailableError
from airside.conformance.faults import Down, Wrapped
from airside.delivery.checkouts import Checkouts
from airside.delivery.moves import propose_rollback
from airside.release.pointer import Pin
from airside.store.folder import FolderStore
from airside.store.port import Found, Revision, Unchanged

A = {"dags/orders.py": "from lib.sums import x\n", "lib/sums.py": "x = 'a'\n"}
B = {"dags/orders.py": "from lib.sums import x\n", "lib/sums.py": "x = 'b'\n"}

Make = Callable[..., ReleaseBundle]


def text(bundle: ReleaseBundle, path: str = "lib/sums.py") -> str:
    return (bundle.path / path).read_text()


def version(bundle: ReleaseBundle) -> str | None:
    current = bundle.get_current_version()
    return current.version if current else None


@pytest.fixture
def started(store: FolderStore, bundle: Make) -> ReleaseBundle:
    """The bundle of a dag processor that serves A."""
    deploy(store, A)
    made = bundle()
    made.initialize()
    return made


def test_a_dag_processor_follows_the_environment_at_a_path_that_stays(
    started: ReleaseBundle, store: FolderStore
) -> None:
    path, first = started.path, version(started)
    assert text(started) == A["lib/sums.py"]
    second = deploy(store, B, second=1)
    started.refresh()
    assert text(started) == B["lib/sums.py"]
    assert version(started) == second.tree != first
    assert started.path == path


def test_a_rollback_is_followed_without_the_packs(started: ReleaseBundle, store: FolderStore) -> None:
    first = version(started)
    deploy(store, B, second=1)
    started.refresh()
    apply(store, propose_rollback(store, REQUEST, None, Pin(by="ana", at="2026-11-21T04:30:00Z")))
    shutil.rmtree(Path(store.location) / "packs")
    started.refresh()
    assert version(started) == first
    assert text(started) == A["lib/sums.py"]


def test_a_pinned_run_sees_its_own_release_whatever_is_served(
    started: ReleaseBundle, store: FolderStore, bundle: Make
) -> None:
    pinned = bundle(version(started))
    pinned.initialize()
    deploy(store, B, second=1)
    started.refresh()
    assert (text(pinned), text(started)) == (A["lib/sums.py"], B["lib/sums.py"])
    assert version(pinned) != version(started)


def test_a_late_import_of_a_running_task_sees_the_release_of_its_run(
    started: ReleaseBundle, store: FolderStore, bundle: Make, tmp_path: Path
) -> None:
    pinned = bundle(version(started))
    pinned.initialize()
    go = tmp_path / "go"
    code = (
        "import sys, time, pathlib; sys.path.append(sys.argv[1])\n"
        "while not pathlib.Path(sys.argv[2]).exists(): time.sleep(0.01)\n"
        "from lib.sums import x; print(x)"
    )
    with subprocess.Popen([sys.executable, "-c", code, pinned.path, go], stdout=subprocess.PIPE, text=True) as task:
        deploy(store, B, second=1)
        started.refresh()
        assert text(started) == B["lib/sums.py"]
        go.touch()
        assert task.communicate(timeout=30)[0] == "a\n"


def test_what_is_on_disk_needs_no_store(started: ReleaseBundle, store: FolderStore, bundle: Make) -> None:
    tree = version(started)
    shutil.rmtree(store.location)
    for again in (bundle(tree), bundle()):
        again.initialize()
        assert text(again) == A["lib/sums.py"]


def test_a_worker_with_an_empty_disk_fetches_the_version_alone(store: FolderStore, bundle: Make) -> None:
    tree = deploy(store, A).tree
    deploy(store, B, second=1)
    worker = bundle(tree)
    worker._follower._opened = traced = Wrapped(store)
    worker.initialize()
    assert text(worker) == A["lib/sums.py"]
    assert [call.split("/")[0] for call in traced.calls] == ["read trees", "read packs"], "no pointer is read"


def test_a_refresh_without_change_is_one_conditional_read(started: ReleaseBundle, store: FolderStore) -> None:
    started.refresh()
    started._follower._opened = traced = Wrapped(store)
    started.refresh()
    assert traced.calls == ["read environments/production.json"]


def test_before_the_first_release_an_empty_folder_is_served(store: FolderStore, bundle: Make) -> None:
    made = bundle()
    made.initialize()
    assert version(made) is None
    assert list(made.path.iterdir()) == []
    pointer = deploy(store, A)
    made.refresh()
    assert version(made) == pointer.tree


def test_getters_never_raise(store: FolderStore, bundle: Make, tmp_path: Path) -> None:
    made = bundle(location=str(tmp_path / "nowhere"))
    assert made.get_current_version() is None, "not initialised, no folder, no store"
    assert isinstance(made.path, Path)
    assert made.view_url_template() is None
    made.initialize()
    made.path.unlink()
    made.path.symlink_to("/nowhere/at-all")
    assert made.get_current_version() is None


def test_a_constructor_does_nothing_but_check(tmp_path: Path) -> None:
    made = ReleaseBundle(name="x", store="s3://nowhere/at-all", environment="production", version_data={"a": 1})
    assert not made.base_dir.exists()
    with pytest.raises(AirflowConfigException):
        ReleaseBundle(name="x", store=str(tmp_path), environment="../x")


@pytest.mark.parametrize("foreign", ["0" * 40, "../../etc", "", "sha256-1"])
def test_a_version_of_another_kind_of_bundle_ends_no_process_and_is_refused_by_the_worker(
    started: ReleaseBundle, bundle: Make, foreign: str
) -> None:
    made = bundle(foreign)
    assert made.get_current_version() is None
    assert list(made.path.iterdir()) == []
    with pytest.raises(PlatformError, match="is not a version of the release bundle") as caught:
        made.initialize()
    assert "Run with latest bundle version" in str(caught.value.hint)


def test_a_process_that_never_refreshes_reads_the_newest_release(
    started: ReleaseBundle, store: FolderStore, bundle: Make
) -> None:
    """A task without a version, or `airflow dags reserialize`, beside a dag processor that has not looked yet."""
    second = deploy(store, B, second=1)
    other = bundle()
    other.initialize()
    assert text(other) == B["lib/sums.py"]
    assert version(other) == second.tree
    assert text(started) == A["lib/sums.py"], "what the dag processor attributes its parses to stays"
    started.refresh()
    other.refresh()
    assert text(started) == text(other) == B["lib/sums.py"]
    assert other.path == started.path


def test_a_start_while_the_store_is_down_serves_what_was_served(started: ReleaseBundle, bundle: Make) -> None:
    restarted = bundle()
    restarted._follower._opened = Down(started._follower.store)
    restarted.initialize()
    assert text(restarted) == A["lib/sums.py"]


def test_a_store_that_is_down_is_asked_again_only_after_a_pause(
    started: ReleaseBundle, store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    started._follower._opened = down = Down(store)
    clock = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    for _ in range(5):
        with pytest.raises(StoreUnavailableError):
            started.refresh()
    assert len(down.calls) == 1
    assert text(started) == A["lib/sums.py"], "what was served is served still"
    clock[0] += 6
    with pytest.raises(StoreUnavailableError):
        started.refresh()
    assert len(down.calls) == 2
    down.down = False
    clock[0] += 60
    deploy(store, B, second=1)
    started.refresh()
    assert text(started) == B["lib/sums.py"]


def flip_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("kind", ["packs", "trees", "environments"])
def test_tampered_bytes_never_become_visible(started: ReleaseBundle, store: FolderStore, kind: str) -> None:
    before = set((Path(store.location) / kind).iterdir())
    deploy(store, B, second=1)
    folder = Path(store.location) / kind
    (changed,) = set(folder.iterdir()) - before or before
    flip_bit(changed)
    with pytest.raises(IntegrityError):
        started.refresh()
    assert text(started) == A["lib/sums.py"]
    assert [path.name for path in started.versions_dir.iterdir()] == [version(started)]


def test_a_pinned_worker_refuses_a_tampered_pack(store: FolderStore, bundle: Make) -> None:
    tree = deploy(store, A).tree
    flip_bit(next((Path(store.location) / "packs").iterdir()))
    worker = bundle(tree)
    with pytest.raises(IntegrityError):
        worker.initialize()
    assert not worker.path.exists()


def test_a_pointer_that_goes_back_is_refused(started: ReleaseBundle, store: FolderStore) -> None:
    pointer = Path(store.location) / "environments" / "production.json"
    started.refresh()
    old = pointer.read_bytes()
    deploy(store, B, second=1)
    started.refresh()
    pointer.write_bytes(old)
    with pytest.raises(IntegrityError, match="went back from generation 2 to 1"):
        started.refresh()
    assert text(started) == B["lib/sums.py"]


def test_an_environment_that_vanishes_is_served_still(started: ReleaseBundle, store: FolderStore) -> None:
    started.refresh()
    (Path(store.location) / "environments" / "production.json").unlink()
    with pytest.raises(IntegrityError, match="vanished"):
        started.refresh()
    assert text(started) == A["lib/sums.py"]


def test_a_full_disk_leaves_the_version_before_and_heals(
    started: ReleaseBundle, store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(store, B, second=1)
    with monkeypatch.context() as full:

        def fail(_: int) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        full.setattr(os, "fsync", fail)
        with pytest.raises(PlatformError, match="No space is left"):
            started.refresh()
    assert text(started) == A["lib/sums.py"]
    started._backoff.succeeded()
    started.refresh()
    assert text(started) == B["lib/sums.py"]


def test_a_slow_tree_does_not_hold_up_the_loop(
    started: ReleaseBundle, store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.05)

    class Slow(Wrapped):
        def read(self, key: str, *, limit: int, unless: Revision | None = None) -> Found | Unchanged | None:
            time.sleep(0.5 if key.startswith("packs/") else 0)
            return super().read(key, limit=limit, unless=unless)

    deploy(store, B, second=1)
    started._follower._opened = Slow(store)
    begun = time.monotonic()
    started.refresh()
    assert time.monotonic() - begun < 0.4
    assert text(started) == A["lib/sums.py"]
    deadline = time.monotonic() + 20
    while text(started) != B["lib/sums.py"] and time.monotonic() < deadline:
        started.refresh()
    assert text(started) == B["lib/sums.py"]


def test_changed_files_get_new_times_and_unchanged_ones_keep_theirs(started: ReleaseBundle, store: FolderStore) -> None:
    def times() -> dict[str, int]:
        return {path: (started.path / path).stat().st_mtime_ns for path in A}

    first = times()
    deploy(store, B, second=1)
    started.refresh()
    second = times()
    assert second["dags/orders.py"] == first["dags/orders.py"]
    assert second["lib/sums.py"] > first["lib/sums.py"]
    apply(store, propose_rollback(store, REQUEST, None, Pin(by="ana", at="2026-11-21T04:30:00Z")))
    started.refresh()
    third = times()
    assert third["dags/orders.py"] == first["dags/orders.py"]
    assert third["lib/sums.py"] > second["lib/sums.py"], "back to the old content, with a new time"


def test_the_generation_and_the_silence_of_the_store_are_metrics(
    started: ReleaseBundle, store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, float] = {}
    monkeypatch.setattr(stats, "gauge", lambda name, value, tags: seen.update({f"{name} {tags['bundle_name']}": value}))
    started.refresh()
    assert seen[f"airside.bundle.generation {started.name}"] == 1
    assert seen[f"airside.bundle.unconfirmed_seconds {started.name}"] < 5
    os.utime(started.base_dir / ".state" / "seen.json", (0, 0))
    started._follower._opened = Down(store)
    with pytest.raises(StoreUnavailableError):
        started.refresh()
    assert seen[f"airside.bundle.unconfirmed_seconds {started.name}"] > 10**9


def test_a_failure_is_logged_once_and_its_end_too(
    started: ReleaseBundle, store: FolderStore, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Airflow itself logs the exception of each refresh; this is the line to look for."""
    caplog.set_level("INFO", logger=module.log.name)
    started._follower._opened = down = Down(store)
    clock = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    for _ in range(5):
        clock[0] += 100
        with pytest.raises(StoreUnavailableError):
            started.refresh()
    down.down = False
    clock[0] += 100
    started.refresh()
    assert [record.levelname for record in caplog.records if "follow" in record.message] == ["ERROR", "INFO"]


def test_a_version_with_a_missing_file_is_made_anew(started: ReleaseBundle, bundle: Make) -> None:
    broken = Path(os.path.realpath(started.path))
    (broken / "lib" / "sums.py").unlink()
    worker = bundle(version(started))
    worker.initialize()
    assert text(worker) == A["lib/sums.py"]


def test_something_foreign_of_that_name_is_put_aside(store: FolderStore, bundle: Make, tmp_path: Path) -> None:
    pointer = deploy(store, A)
    worker = bundle(pointer.tree)
    worker.base_dir.mkdir(mode=0o700, parents=True)
    worker.versions_dir.mkdir(mode=0o700)
    worker.path.symlink_to(tmp_path)
    worker.initialize()
    assert text(worker) == A["lib/sums.py"]
    assert not worker.path.is_symlink()
    assert list((worker.base_dir / ".staging").iterdir()) == []


def clean_up(name: str) -> None:
    """Run Airflow's own clean-up as if every version had been used long ago."""
    manager = BundleUsageTrackingManager()
    for file in get_bundle_tracking_dir(name).iterdir():
        file.write_text("2020-01-01T00:00:00+00:00")
    for info in manager._find_all_tracking_files(name) or ():
        manager._remove_stale_bundle(name, info)


def test_airflows_cleanup_removes_a_version_only_when_nobody_uses_it(
    started: ReleaseBundle, store: FolderStore, bundle: Make, name: str
) -> None:
    first = version(started)
    worker = bundle(first)
    worker.initialize()
    deploy(store, B, second=1)
    started.refresh()
    clean_up(name)
    assert text(worker) == A["lib/sums.py"]
    assert text(started) == B["lib/sums.py"]
    del worker
    clean_up(name)
    assert {path.name for path in started.versions_dir.iterdir()} == {version(started)}


def test_two_processes_fetch_a_version_at_once(store: FolderStore, bundle: Make, tmp_path: Path) -> None:
    files = {f"dags/workflow_{number}.py": f"x = {number}\n" * 100 for number in range(200)}
    tree = deploy(store, files).tree
    root = tmp_path / "cache"
    code = (
        "import sys; from pathlib import Path; from airside.delivery.checkouts import Checkouts;"
        "from airside.store.folder import FolderStore; from airside.base.digest import Digest;"
        "Checkouts(Path(sys.argv[1])).materialise(FolderStore(Path(sys.argv[2])), Digest(sys.argv[3]))"
    )
    command = [sys.executable, "-c", code, str(root), store.location, tree]
    processes = [subprocess.Popen(command) for _ in range(4)]
    assert [process.wait(timeout=60) for process in processes] == [0] * 4
    folder = root / "versions" / tree
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*.py")} == set(files)
    assert list((root / ".staging").iterdir()) == []


@pytest.mark.parametrize("delay", [0.0, 0.01, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3])
def test_a_killed_fetch_leaves_nothing_or_all_and_the_next_one_heals(
    store: FolderStore, tmp_path: Path, delay: float
) -> None:
    files = {f"dags/workflow_{number}.py": f"x = {number}\n" for number in range(300)}
    tree = deploy(store, files).tree
    root = tmp_path / "cache"
    code = (
        "import sys; from pathlib import Path; from airside.delivery.checkouts import Checkouts;"
        "from airside.store.folder import FolderStore; from airside.base.digest import Digest;"
        "print('go', flush=True);"
        "Checkouts(Path(sys.argv[1])).materialise(FolderStore(Path(sys.argv[2])), Digest(sys.argv[3]))"
    )
    with subprocess.Popen([sys.executable, "-c", code, root, store.location, tree], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(delay)
        child.kill()
    checkouts = Checkouts(root)
    if checkouts.manifest(Digest(tree)):
        assert len(list(checkouts.folder(tree).rglob("*.py"))) == len(files)
    checkouts.materialise(store, tree)
    assert {path.name for path in checkouts.folder(tree).rglob("*.py")} == {Path(path).name for path in files}
    assert list((root / ".staging").iterdir()) == []


def test_the_version_fits_airflows_columns(started: ReleaseBundle) -> None:
    assert len(json.dumps(version(started))) <= 200


def test_a_refresh_of_a_pinned_version_is_a_mistake_of_the_caller(started: ReleaseBundle, bundle: Make) -> None:
    pinned = bundle(version(started))
    pinned.initialize()
    with pytest.raises(AirsideError, match="no refresh"):
        pinned.refresh()
