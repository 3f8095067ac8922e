"""Promises that are kept by the verbs themselves."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from folders import Folder

from airside.delivery.environments import read_record, release_ids
from airside.release.record import Check
from airside.store.folder import FolderStore

Airside = Callable[..., SimpleNamespace]


def document(done: SimpleNamespace) -> Any:  # noqa: ANN401 - each verb has its own document
    return json.loads(done.out)


def test_a_release_says_where_it_comes_from_and_what_was_checked(airside: Airside, folder: Folder) -> None:
    folder.git("remote", "add", "origin", "https://ana:secret@example.com/flows.git")
    plan = airside("plan", "production")
    assert airside("deploy", "production", "--yes").code == 0
    store = FolderStore(folder.root / ".store")
    (release,) = release_ids(store)
    record = read_record(store, release)
    assert record.source.repository == "https://example.com/flows.git"
    assert record.source.commit
    assert record.source.commit[:10] in plan.out, "the plan shows the commit"
    assert (record.source.dirty, record.source.author) == (False, "Ana <ana@example.com>")
    assert record.builder.name == "airside"
    assert Check(name="import", passed=True, subjects=1) in record.checks
    (listed,) = document(airside("releases", "--json"))
    assert record.source.commit.startswith(listed["commit"])


def test_a_release_of_uncommitted_changes_says_so(airside: Airside, folder: Folder) -> None:
    folder.write("lib/sums.py", "def total(numbers):\n    return 0\n")
    assert "with uncommitted changes" in airside("plan", "production", "--allow-dirty").out
    airside("deploy", "production", "--yes", "--allow-dirty")
    store = FolderStore(folder.root / ".store")
    assert read_record(store, release_ids(store)[0]).source.dirty


@pytest.fixture
def without_workflows(airside: Airside, folder: Folder) -> Folder:
    """Production and preprod serve a workflow; the commit has none left."""
    airside("deploy", "preprod", "--yes")
    airside("promote", "preprod", "production", "--yes")
    folder.write("dags/orders.py", "total = 0\n")
    folder.commit()
    return folder


def test_the_last_workflow_goes_only_when_that_is_said(airside: Airside, without_workflows: Folder) -> None:
    refused = airside("deploy", "preprod", "--yes")
    assert refused.code == 3
    assert "'preprod' would lose all it serves: orders" in refused.err
    assert "--allow-empty" in refused.err
    assert len(list((without_workflows.root / ".store" / "releases").iterdir())) == 1, "nothing was uploaded"
    assert airside("deploy", "preprod", "--yes", "--allow-empty").code == 0
    assert airside("promote", "preprod", "production", "--yes").code == 3
    assert airside("promote", "preprod", "production", "--yes", "--allow-empty").code == 0


def test_a_folder_without_dag_files_is_never_released(airside: Airside, folder: Folder) -> None:
    airside("deploy", "preprod", "--yes")
    Path(folder.root / "dags/orders.py").unlink()
    folder.commit()
    refused = airside("deploy", "preprod", "--yes", "--allow-empty")
    assert refused.code == 1
    assert "Airflow would drop every workflow" in refused.err
