"""What the guides for moving to releases say about Airflow, held against Airflow's own code."""

import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from shipping import deploy

from airside.airflow import ReleaseBundle
from airside.base.errors import PlatformError
from airside.store.folder import FolderStore

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from small_airflow import COMMIT, SmallAirflow, commits, local, make_database, releases

pytestmark = pytest.mark.platform

ORDERS = """\
from datetime import datetime
from airflow.sdk import dag, task

@dag(schedule="@daily", start_date=datetime(2026, 11, 1), catchup=True)
def orders():
    @task
    def first(): ...
    first()

orders()
"""
RELEASED = {"dags/orders.py": ORDERS}


@pytest.fixture(scope="session")
def database() -> None:
    make_database()


@pytest.fixture
def airflow(database: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallAirflow]:
    monkeypatch.setattr(sys, "path", list(sys.path))  # a worker appends to it
    made = SmallAirflow(monkeypatch)
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What the bundle before serves: the workflow at its top, not below `dags`."""
    folder = tmp_path / "old"
    folder.mkdir()
    (folder / "orders.py").write_text(ORDERS)
    return folder


@pytest.fixture
def new(store: FolderStore, name: str) -> dict[str, Any]:
    deploy(store, RELEASED)
    return releases(name, store.location)


def test_a_switch_keeps_runs_tasks_pause_and_schedule(
    airflow: SmallAirflow, folder: Path, new: dict[str, Any], name: str
) -> None:
    airflow.configure(local("old", folder))
    airflow.parse()
    assert airflow.workflow().is_paused
    airflow.unpause()
    airflow.schedule()
    airflow.schedule()
    before, due = airflow.tasks(), airflow.workflow().next_dagrun
    airflow.configure(local("old", folder), new)
    airflow.parse(name)
    moved = airflow.workflow()
    assert (moved.bundle_name, moved.relative_fileloc) == (name, "dags/orders.py")
    assert (moved.is_paused, moved.is_stale, moved.next_dagrun) == (False, False, due)
    assert airflow.tasks() == before
    airflow.schedule()
    assert [version for _, version in sorted(airflow.runs().items())] == [None, None, moved.bundle_version]
    assert moved.bundle_version is not None


def test_a_run_without_a_version_goes_on_from_the_release_and_back(
    airflow: SmallAirflow, folder: Path, new: dict[str, Any], name: str
) -> None:
    airflow.configure(local("old", folder), new)
    airflow.parse("old")
    airflow.unpause()
    airflow.start("in-flight")
    assert airflow.load("in-flight") == ("old", str(folder / "orders.py"))
    airflow.parse(name)
    assert airflow.examined() == ["in-flight"]
    bundle, path = airflow.load("in-flight")
    assert bundle == name
    assert path.endswith("tracking/current/dags/orders.py")
    airflow.parse("old")
    assert airflow.load("in-flight") == ("old", str(folder / "orders.py"))


def test_a_switch_in_one_restart_leaves_tasks_without_their_bundle(
    airflow: SmallAirflow, folder: Path, new: dict[str, Any], name: str
) -> None:
    airflow.configure(local("old", folder))
    airflow.parse()
    airflow.start("in-flight")
    airflow.configure(new)
    with pytest.raises(ValueError, match="Requested bundle 'old' is not configured"):
        airflow.load("in-flight")
    airflow.parse()
    assert airflow.load("in-flight")[0] == name


def test_what_the_release_lacks_stays_where_it_was_until_the_old_bundle_goes(
    airflow: SmallAirflow, folder: Path, new: dict[str, Any], name: str
) -> None:
    (folder / "other.py").write_text(ORDERS.replace("orders", "other"))
    airflow.configure(local("old", folder), new)
    airflow.parse("old")
    airflow.parse(name)
    assert (airflow.workflow("other").bundle_name, airflow.workflow("other").is_stale) == ("old", False)
    airflow.configure(new)
    airflow.parse()
    assert airflow.workflow("other").is_stale
    assert not airflow.workflow().is_stale


def test_two_bundles_take_a_workflow_from_each_other_at_every_parse(
    airflow: SmallAirflow, folder: Path, new: dict[str, Any], name: str
) -> None:
    airflow.configure(local("old", folder), new)
    owners = []
    for number, bundle in enumerate(["old", name, "old", name]):
        airflow.parse(bundle)
        airflow.start(str(number))
        owners.append(airflow.workflow().bundle_name)
    assert owners == ["old", name, "old", name]
    assert len(airflow.versions()) == 4, "a version of the workflow each time"


def test_a_run_of_a_commit_is_refused_until_it_is_cleared_on_the_latest_version(
    airflow: SmallAirflow, folder: Path, new: dict[str, Any], name: str
) -> None:
    airflow.configure(commits("repo", folder), new)
    airflow.parse("repo")
    for run in ("failed", "running"):
        airflow.start(run)
    assert set(airflow.runs().values()) == {COMMIT}
    airflow.parse(name)
    airflow.fail("failed")
    airflow.clear("failed", on_latest=False)
    with pytest.raises(PlatformError, match=f"'{COMMIT}' is not a version of the release bundle"):
        airflow.load("failed")
    airflow.fail("failed")
    for run in ("failed", "running"):
        airflow.clear(run, on_latest=True)
        bundle, path = airflow.load(run)
        assert bundle == name
        assert str(airflow.workflow().bundle_version) in path


def test_under_the_same_name_a_running_run_is_not_moved_by_clearing_it(
    airflow: SmallAirflow, tmp_path: Path, new: dict[str, Any], name: str
) -> None:
    (tmp_path / "old" / "dags").mkdir(parents=True)
    (tmp_path / "old" / "dags" / "orders.py").write_text(ORDERS)
    airflow.configure(commits(name, tmp_path / "old"))
    airflow.parse()
    airflow.start("running")
    airflow.configure(new)
    airflow.parse()
    airflow.clear("running", on_latest=True)
    assert airflow.runs() == {"running": COMMIT}
    assert airflow.versions() == [(name, airflow.workflow().bundle_version)], "changed in place: nothing is newer"


def test_runs_that_began_without_versions_pass_from_commits_to_releases(
    airflow: SmallAirflow, folder: Path, new: dict[str, Any], name: str
) -> None:
    airflow.configure(commits("repo", folder), new, disable_bundle_versioning="True")
    airflow.parse("repo")
    airflow.start("in-flight")
    assert airflow.load("in-flight") == ("repo", str(folder / "orders.py"))
    airflow.configure(commits("repo", folder), new)
    airflow.parse(name)
    assert airflow.load("in-flight")[0] == name
    airflow.start("new")
    assert airflow.runs() == {"in-flight": None, "new": airflow.workflow().bundle_version}


def test_a_callback_of_a_run_of_a_commit_does_not_end_the_dag_processor(
    airflow: SmallAirflow, folder: Path, new: dict[str, Any], name: str
) -> None:
    airflow.configure(commits("repo", folder), new)
    airflow.parse("repo")
    airflow.start("failed")
    airflow.parse(name)
    airflow.call_back("failed")
    airflow.parse(name)


def test_a_worker_runs_a_run_without_a_version_from_the_latest_release(
    airflow: SmallAirflow, store: FolderStore, new: dict[str, Any], name: str
) -> None:
    for second, text in enumerate(["", "# changed"]):
        deploy(store, {"dags/orders.py": ORDERS + text}, second=second + 1)
        worker = ReleaseBundle(name=name, store=store.location, environment="production")
        worker.initialize()
        assert (worker.path / "dags" / "orders.py").read_text() == ORDERS + text


def test_modules_are_imported_from_the_root_of_the_release_and_not_from_the_folder_of_the_dag_files(
    airflow: SmallAirflow, store: FolderStore, name: str
) -> None:
    files = {
        "dags/beside.py": "import helpers\n" + ORDERS,
        "dags/orders.py": "import dags.helpers, tools\n" + ORDERS,
        "dags/helpers.py": "",
        "tools.py": "",
    }
    deploy(store, files)
    airflow.configure(releases(name, store.location))
    airflow.parse()
    assert airflow.workflow().relative_fileloc == "dags/orders.py"
    ((path, error),) = airflow.import_errors().items()
    assert path == "dags/beside.py"
    assert "No module named 'helpers'" in error


def test_a_folder_kept_by_the_agent_changes_nothing_that_airflow_knows(airflow: SmallAirflow, folder: Path) -> None:
    airflow.configure(local("dags-folder", folder))
    airflow.parse()
    airflow.start("in-flight")
    before = airflow.versions()
    kept = folder.parent / "kept"
    (kept / "tree" / "dags").mkdir(parents=True)
    (kept / "tree" / "dags" / "orders.py").write_text(ORDERS)
    (kept / "current").symlink_to("tree")
    airflow.configure(local("dags-folder", kept / "current" / "dags"))
    airflow.parse()
    assert airflow.versions() == before
    assert airflow.load("in-flight") == ("dags-folder", str(kept / "current" / "dags" / "orders.py"))
