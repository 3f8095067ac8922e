import os
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from airside.store.folder import FolderStore

# Airflow reads its configuration, and where versions are tracked, when it is first imported.
_HOME = tempfile.TemporaryDirectory(prefix="airside-test-airflow-", ignore_cleanup_errors=True)
os.environ.update(  # noqa: TID251 - a test process is its own program
    AIRFLOW_HOME=_HOME.name,
    AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH=f"{_HOME.name}/bundles",
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{_HOME.name}/airflow.db",
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
)

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from airside.airflow import ReleaseBundle


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "store")


@pytest.fixture
def name(tmp_path: Path) -> str:
    """A bundle name of its own for each test: bundles of one name share a folder."""
    return tmp_path.name.replace("[", "-").replace("]", "")


@pytest.fixture
def bundle(store: FolderStore, name: str) -> Callable[..., ReleaseBundle]:
    """Make a bundle, as every process of Airflow does for itself."""

    def make(version: str | None = None, *, location: str = store.location) -> ReleaseBundle:
        return ReleaseBundle(store=location, environment="production", name=name, version=version, refresh_interval=1)

    return make
