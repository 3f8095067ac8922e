import logging
import threading
from pathlib import Path

import pytest
from shipping import deploy

from airside.authoring.summary import origin
from airside.authoring.summary.facts import Origin
from airside.authoring.summary.origin import find_origin
from airside.base.errors import StoreUnavailableError
from airside.running.serving import announce
from airside.store.folder import FolderStore
from airside.store.port import Store

A = {"dags/orders.py": "x = 'a'\n"}
B = {"dags/orders.py": "x = 'b'\n"}


class Bundle:
    """A bundle that knows the store of its releases."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def store(self) -> Store:
        return self._store


class AwayBundle:
    @property
    def store(self) -> Store:
        raise StoreUnavailableError("The store does not answer")


class SlowBundle:
    def __init__(self) -> None:
        self.answers = threading.Event()

    @property
    def store(self) -> Store:
        self.answers.wait(30)
        raise StoreUnavailableError("The store does not answer")


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "store")


def serve(tree: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "versions" / tree
    folder.mkdir(parents=True)
    announce(folder, "production")
    monkeypatch.syspath_prepend(str(folder))


def test_the_release_of_a_pinned_run_is_found_though_others_came_after_it(
    store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = deploy(store, A)
    deploy(store, B, second=1)
    serve(first.tree, tmp_path, monkeypatch)
    found = find_origin(Bundle(store))
    assert found == Origin(environment="production", tree=first.tree, release=first.release, commit="c" * 40)
    assert type(found.tree) is str


def test_a_tree_that_the_history_does_not_name_has_no_release(
    store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(store, A)
    other = "sha256-" + "ab" * 32
    serve(other, tmp_path, monkeypatch)
    assert find_origin(Bundle(store)) == Origin(environment="production", tree=other)


def test_without_the_store_environment_and_tree_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tree = "sha256-" + "ab" * 32
    serve(tree, tmp_path, monkeypatch)
    with caplog.at_level(logging.WARNING):
        assert find_origin(AwayBundle()) == Origin(environment="production", tree=tree)
    assert "Which release this is cannot be told: The store does not answer" in caplog.text


def test_a_store_that_does_not_answer_in_time_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(origin, "_PATIENCE", 0.05)
    tree = "sha256-" + "ab" * 32
    serve(tree, tmp_path, monkeypatch)
    bundle = SlowBundle()
    assert find_origin(bundle) == Origin(environment="production", tree=tree)
    bundle.answers.set()


def test_a_folder_that_is_no_version_has_an_environment_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    serve("tracking", tmp_path, monkeypatch)
    assert find_origin(object()) == Origin(environment="production")


def test_where_nothing_says_what_this_is_nothing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_origin(None) == Origin()
