import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from airside.store.folder import FolderStore

# Airflow reads its configuration, and where versions are tracked, when it is first imported.
_HOME = tempfile.TemporaryDirectory(prefix="airside-test-airflow-", ignore_cleanup_errors=True)
os.environ["AIRFLOW_HOME"] = _HOME.name
os.environ["AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH"] = f"{_HOME.name}/bundles"
os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = f"sqlite:///{_HOME.name}/airflow.db"
os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from airside.airflow import ReleaseBundle


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "store")


@pytest.fixture
def name(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A bundle name of its own for each test: bundles of one name share a folder."""
    return tmp_path.name.replace("[", "-").replace("]", "")


@pytest.fixture
def bundle(store: FolderStore, name: str) -> Callable[..., ReleaseBundle]:
    """Make a bundle, as every process of Airflow does for itself."""

    def make(version: str | None = None, **kwargs: object) -> ReleaseBundle:
        given = {"store": store.location, "environment": "production", "refresh_interval": 1, **kwargs}
        return ReleaseBundle(name=name, version=version, **given)

    return make
