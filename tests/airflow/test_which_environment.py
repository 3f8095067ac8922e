"""The bundles say whose code a process runs."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from shipping import deploy

from airside import current_environment
from airside.airflow import ReleaseBundle, WorkspaceBundle
from airside.running import serving
from airside.running.current import current_serving
from airside.store.folder import FolderStore

A = {"dags/orders.py": "x = 'a'\n"}
B = {"dags/orders.py": "x = 'b'\n"}


@pytest.fixture(autouse=True)
def a_new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "_served", {})
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setenv("AIRSIDE_ENVIRONMENT", "another")


def run_code_of(path: Path) -> None:
    """Do what Airflow does before it imports a DAG file (`BundleDagBag`)."""
    sys.path.append(str(path))


def test_a_pinned_task_works_for_the_environment_of_its_bundle(
    store: FolderStore, bundle: Callable[..., ReleaseBundle]
) -> None:
    first = deploy(store, A).tree
    deploy(store, B, second=1)
    pinned = bundle(first)
    pinned.initialize()
    run_code_of(pinned.path)
    assert current_environment() == "production"
    assert (current_serving().root / "dags/orders.py").read_text() == A["dags/orders.py"]


def test_a_task_that_reads_a_newer_tree_than_the_link_works_for_it_too(
    store: FolderStore, bundle: Callable[..., ReleaseBundle]
) -> None:
    deploy(store, A)
    bundle().initialize()
    deploy(store, B, second=1)
    task = bundle()
    task.initialize()
    run_code_of(task.path)
    assert current_environment() == "production"
    assert (current_serving().root / "dags/orders.py").read_text() == B["dags/orders.py"]


def test_a_dag_file_is_parsed_for_the_environment_of_its_bundle(
    store: FolderStore, bundle: Callable[..., ReleaseBundle]
) -> None:
    processor = bundle()
    processor.initialize()
    deploy(store, A)
    processor.refresh()
    run_code_of(processor.path)
    assert current_environment() == "production"


def test_a_store_that_is_down_at_first_changes_nothing(
    store: FolderStore, bundle: Callable[..., ReleaseBundle], tmp_path: Path
) -> None:
    Path(store.location).touch()
    processor = bundle()
    with pytest.raises(Exception, match="store"):
        processor.initialize()
    Path(store.location).unlink()
    deploy(store, A)
    processor.refresh()
    run_code_of(processor.path)
    assert current_environment() == "production"


def test_the_working_tree_is_dev(tmp_path: Path) -> None:
    live = WorkspaceBundle(name="dev", path=str(tmp_path / "tree"))
    live.initialize()
    run_code_of(live.path)
    assert current_environment() == "dev"


def test_a_process_that_runs_no_code_of_a_bundle_asks_the_variable(
    store: FolderStore, bundle: Callable[..., ReleaseBundle]
) -> None:
    deploy(store, A)
    bundle().initialize()
    assert current_environment() == "another"
