import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from airside.running import serving

# Airflow reads its configuration when it is first imported; another folder of tests may have done that here.
_HOME = tempfile.TemporaryDirectory(prefix="airside-test-authoring-", ignore_cleanup_errors=True)
for _name, _value in {
    "AIRFLOW_HOME": _HOME.name,
    "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": f"{_HOME.name}/bundles",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{_HOME.name}/airflow.db",
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
}.items():
    os.environ.setdefault(_name, _value)  # noqa: TID251 - a test process is its own program

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from airflow.dag_processing.dagbag import DagBag
    from airflow.serialization.serialized_objects import DagSerialization

SETTINGS = '[workspace]\nname = "sales"\n'

Parse = Callable[[str], dict[str, Any]]


@pytest.fixture(autouse=True)
def own_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As in a process of Airflow that parses one file: no bundle yet, and a folder that is no workspace."""
    monkeypatch.setattr(serving, "_served", {})
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.chdir("/")
    monkeypatch.delenv("AIRSIDE_ENVIRONMENT", raising=False)
    # A file that is written twice in one second with as many letters would be taken from its bytecode.
    monkeypatch.setattr(sys, "dont_write_bytecode", True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace."""
    write(tmp_path, {"airside.toml": SETTINGS})
    return tmp_path


@pytest.fixture
def parse(root: Path) -> Parse:
    """Parse a DAG file of the workspace as Airflow does, and hold that the scheduler can read what came of it."""

    def parsed(text: str) -> dict[str, Any]:
        return bagged(root, text)

    return parsed


def write(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def bagged(root: Path, text: str) -> dict[str, Any]:
    write(root, {"dags/flows.py": f'"""A dag of airflow."""\n{text}'})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Airflow's own
        bag = DagBag(dag_folder=str(root / "dags"), collect_dags=False)
        bag.process_file(str(root / "dags" / "flows.py"), only_if_updated=False, safe_mode=True)
        assert not bag.import_errors, next(iter(bag.import_errors.values()))
        for dag in bag.dags.values():
            DagSerialization.from_dict(DagSerialization.to_dict(dag))
    return dict(bag.dags)
