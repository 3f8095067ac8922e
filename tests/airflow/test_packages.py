"""Releases that were built for other Python packages than those that this Airflow runs."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from airflow.exceptions import AirflowConfigException
from shipping import deploy

from airside.airflow import ReleaseBundle
from airside.base.digest import Digest
from airside.base.errors import PlatformError, StoreUnavailableError, UsageError
from airside.conformance.faults import Down, Wrapped
from airside.release.pointer import Pointer
from airside.running.packages import VARIABLE, Mismatch
from airside.store.folder import FolderStore

A = {"dags/orders.py": "x = 'a'\n"}
B = {"dags/orders.py": "x = 'b'\n"}
OURS, THEIRS = Digest.of(b"ours"), Digest.of(b"theirs")

Make = Callable[..., ReleaseBundle]


@pytest.fixture(autouse=True)
def platform(monkeypatch: pytest.MonkeyPatch) -> None:
    """This Airflow says that it runs OURS."""
    monkeypatch.setenv(VARIABLE, OURS)


@pytest.fixture
def make(store: FolderStore, name: str) -> Make:
    def made(mismatch: Mismatch = "warn", version: str | None = None, *, name: str = name) -> ReleaseBundle:
        return ReleaseBundle(
            store=store.location,
            environment="production",
            name=name,
            version=version,
            refresh_interval=1,
            mismatch=mismatch,
        )

    return made


@pytest.fixture
def served(store: FolderStore) -> Pointer:
    """The environment has A, which was built for the packages that run here."""
    return deploy(store, A, lock=OURS)


def started(bundle: ReleaseBundle) -> ReleaseBundle:
    bundle.initialize()
    bundle.refresh()
    return bundle


def text(bundle: ReleaseBundle) -> str:
    return (bundle.path / "dags/orders.py").read_text()


def said(caplog: pytest.LogCaptureFixture, level: str) -> list[str]:
    return [each.message for each in caplog.records if each.levelname == level and "was built for" in each.message]


def test_a_release_for_other_packages_is_served_and_warned_of_once(
    served: Pointer, store: FolderStore, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    bundle = started(make())
    assert said(caplog, "WARNING") == []
    release = deploy(store, B, second=1, lock=THEIRS).release
    for _ in range(3):
        bundle.refresh()
    assert text(bundle) == B["dags/orders.py"]
    (line,) = said(caplog, "WARNING")
    assert all(fact in line for fact in (release, "'production'", THEIRS, OURS, "AIRSIDE_LOCK"))


def test_a_release_for_other_packages_is_refused_and_the_former_one_is_served_until_a_fitting_one_comes(
    served: Pointer, store: FolderStore, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    bundle = started(make("refuse"))
    deploy(store, B, second=1, lock=THEIRS)
    for _ in range(3):
        bundle.refresh()
    current = bundle.get_current_version()
    assert current is not None
    assert current.version == served.tree
    assert text(bundle) == A["dags/orders.py"]
    (line,) = said(caplog, "ERROR")
    assert "what was served is served still" in line
    fitting = {"dags/orders.py": "x = 'c'\n"}
    deploy(store, fitting, second=2, lock=OURS)
    bundle.refresh()
    assert text(bundle) == fitting["dags/orders.py"], "without a pause: the store has answered all the time"


def test_a_restart_serves_what_was_served_although_the_image_has_changed(
    served: Pointer, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    started(make("refuse"))
    monkeypatch.setenv(VARIABLE, THEIRS)
    assert text(started(make("refuse"))) == A["dags/orders.py"]


def test_with_nothing_on_the_disk_a_refused_release_keeps_airflow_from_dropping_its_workflows(
    store: FolderStore, make: Make
) -> None:
    """Airflow skips a bundle that does not initialise; of one that is empty it drops every workflow."""
    deploy(store, B, lock=THEIRS)
    bundle = make("refuse")
    for _ in range(2):
        with pytest.raises(PlatformError, match="was built for the Python packages of lock file") as caught:
            bundle.initialize()
    assert "Roll out the image" in str(caught.value.hint)
    assert bundle.get_current_version() is None
    assert isinstance(bundle.path, Path), "what ends the dag processor does not raise"
    deploy(store, A, second=1, lock=OURS)
    bundle.initialize()
    assert text(bundle) == A["dags/orders.py"]


def test_a_task_without_a_version_reads_no_refused_release(served: Pointer, store: FolderStore, make: Make) -> None:
    started(make("refuse"))
    deploy(store, B, second=1, lock=THEIRS)
    task = make("refuse")
    task.initialize()
    assert text(task) == A["dags/orders.py"]


@pytest.mark.parametrize("mismatch", ["warn", "refuse"])
@pytest.mark.parametrize(("lock", "running"), [(None, OURS), (THEIRS, ""), (OURS, OURS)])
def test_nothing_is_compared_where_a_side_says_nothing_and_nothing_said_where_both_agree(
    store: FolderStore,
    make: Make,
    mismatch: Mismatch,
    lock: Digest | None,
    running: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(VARIABLE, running)
    tree = deploy(store, A, lock=lock).tree
    assert text(started(make(mismatch))) == A["dags/orders.py"]
    make(mismatch, tree).initialize()
    assert not [each for each in caplog.records if each.levelno > 20]


def test_what_is_to_be_ignored_is_not_even_read(store: FolderStore, make: Make) -> None:
    tree = deploy(store, B, lock=THEIRS).tree
    bundle = make("ignore")
    bundle._follower._opened = traced = Wrapped(store)
    assert text(started(bundle)) == B["dags/orders.py"]
    make("ignore", tree).initialize()
    assert not [call for call in traced.calls if "releases/" in call]


def test_a_pinned_run_for_other_packages_is_warned_of_on_each_worker(
    store: FolderStore, make: Make, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    tree = deploy(store, B, lock=THEIRS).tree
    for _ in range(2):  # each task is a process of its own
        make("warn", tree).initialize()
    assert len(said(caplog, "WARNING")) == 2
    assert all(tree in line and "production" in line for line in said(caplog, "WARNING"))


def test_a_pinned_run_for_other_packages_is_refused_with_what_to_do(store: FolderStore, make: Make) -> None:
    tree = deploy(store, B, lock=THEIRS).tree
    deploy(store, A, second=1, lock=OURS)
    with pytest.raises(PlatformError, match=f"Version {tree} of 'production' was built for") as caught:
        make("refuse", tree).initialize()
    assert "Run with latest bundle version" in str(caught.value.hint)
    make("refuse", deploy(store, A, second=2, lock=OURS).tree).initialize()


def test_a_pinned_run_fits_when_one_release_of_its_tree_does(store: FolderStore, make: Make) -> None:
    tree = deploy(store, A, lock=OURS).tree
    assert deploy(store, A, second=1, lock=THEIRS).tree == tree, "only the packages were updated"
    make("refuse", tree).initialize()


def test_a_version_that_is_known_to_fit_needs_no_store(served: Pointer, store: FolderStore, make: Make) -> None:
    started(make("refuse"))
    shutil.rmtree(store.location)
    for mismatch in ("warn", "refuse"):
        worker = make(mismatch, served.tree)
        worker.initialize()
        assert text(worker) == A["dags/orders.py"]


def test_a_worker_that_only_warns_runs_what_is_on_its_disk_without_the_store(
    store: FolderStore, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.delenv(VARIABLE)
        tree = deploy(store, B, lock=THEIRS).tree
        make("warn", tree).initialize()
    worker = make("warn", tree)
    worker._follower._opened = down = Down(store)
    worker.initialize()
    assert text(worker) == B["dags/orders.py"]
    assert down.calls == []
    strict = make("refuse", tree)
    strict._follower._opened = down
    with pytest.raises(StoreUnavailableError):  # whoever refuses has to know
        strict.initialize()


def test_a_note_that_is_damaged_is_made_anew(served: Pointer, make: Make) -> None:
    bundle = started(make("refuse"))
    note = bundle.base_dir / ".state" / "locks.json"
    assert str(OURS) in note.read_text()
    note.write_text("{")
    make("refuse", served.tree).initialize()
    assert str(OURS) in note.read_text()


def test_a_record_that_cannot_be_read_holds_up_only_who_refuses(
    served: Pointer, store: FolderStore, make: Make, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    strict, lax = started(make("refuse")), started(make("warn", name=f"{name}-lax"))
    release = deploy(store, B, second=1, lock=OURS).release
    (Path(store.location) / "releases" / f"{release}.json").write_text("{}")
    with pytest.raises(Exception, match=release):
        strict.refresh()
    lax.refresh()
    assert (text(strict), text(lax)) == (A["dags/orders.py"], B["dags/orders.py"])
    assert any("cannot be told" in each.message for each in caplog.records)


def test_a_variable_that_is_no_digest_is_told(
    served: Pointer, make: Make, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(VARIABLE, "latest")
    bundle = started(make("warn"))
    bundle.refresh()
    assert text(bundle) == A["dags/orders.py"]
    assert len([each for each in caplog.records if "AIRSIDE_LOCK is 'latest'" in each.message]) == 1
    strict = make("refuse")
    strict.initialize()
    with pytest.raises(UsageError, match="not the digest of a lock file"):
        strict.refresh()
    assert text(strict) == A["dags/orders.py"]


def test_a_mismatch_that_is_none_is_told_when_the_bundle_is_made(make: Make) -> None:
    with pytest.raises(AirflowConfigException, match="warn, refuse, ignore"):
        make("refused")
