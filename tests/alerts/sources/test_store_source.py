from pathlib import Path

import pytest
from asking import Time
from shipping import NOW, REQUEST, apply, deploy, stamp

from airside.alerts.event import Event, Kind
from airside.alerts.sources.cursor import CursorFile
from airside.alerts.sources.releases import Made, Releases, commit_of
from airside.alerts.sources.store import StoreSource, StoreState
from airside.base.errors import StoreUnavailableError
from airside.delivery.activate import activate
from airside.delivery.moves import Request, propose_promotion, propose_rollback, propose_unpin
from airside.release.pointer import Pin
from airside.release.record import Source
from airside.store.folder import FolderStore

FIRST, SECOND = {"dags/orders.py": "1"}, {"dags/orders.py": "2"}


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "store")


class Following:
    """A watcher of one environment."""

    def __init__(self, store: FolderStore, folder: Path) -> None:
        self.time = Time()
        cursor = CursorFile(folder / "cursor.json", StoreState)
        self.source = StoreSource({"production": store}, cursor, self.time)

    def news(self, *, settle: bool = True) -> list[Event]:
        self.time.now += 10
        found = list(self.source.poll())
        if settle:
            self.source.settle()
        return found


def test_each_move_is_told_once_with_release_commit_and_who_moved_it(store: FolderStore, tmp_path: Path) -> None:
    watcher = Following(store, tmp_path)
    assert watcher.news() == []
    first = deploy(store, FIRST)
    (event,) = watcher.news()
    assert (event.kind, event.environment, event.release) == (Kind.DEPLOYED, "production", first.release)
    assert (event.commit, event.detail, event.at) == ("cccccccc", "by ana: because", NOW.timestamp())
    assert watcher.news() == []
    deploy(store, SECOND, second=1)
    apply(store, propose_rollback(store, REQUEST, None, None))
    assert [event.kind for event in watcher.news()] == [Kind.DEPLOYED, Kind.ROLLED_BACK]
    assert Following(store, tmp_path).news() == []


def test_a_promotion_is_told_where_it_arrives(store: FolderStore, tmp_path: Path) -> None:
    watcher = Following(store, tmp_path)
    watcher.news()
    deploy(store, FIRST, request=Request("sales-flows", "preprod", "ana"))
    assert watcher.news() == []
    apply(store, propose_promotion(store, REQUEST, "preprod"))
    assert [event.kind for event in watcher.news()] == [Kind.PROMOTED]


def test_what_moved_before_anybody_watched_is_no_news(store: FolderStore, tmp_path: Path) -> None:
    deploy(store, FIRST)
    assert Following(store, tmp_path).news() == []


def test_what_moved_while_nobody_watched_is(store: FolderStore, tmp_path: Path) -> None:
    Following(store, tmp_path).news()
    deploy(store, FIRST)
    assert len(Following(store, tmp_path).news(settle=False)) == 1
    assert len(Following(store, tmp_path).news()) == 1
    assert Following(store, tmp_path).news() == []


def test_to_unpin_is_no_move(store: FolderStore, tmp_path: Path) -> None:
    deploy(store, FIRST)
    deploy(store, SECOND, second=1)
    apply(store, propose_rollback(store, REQUEST, None, Pin(by="ana", at="2026-11-21T04:30:00Z")))
    watcher = Following(store, tmp_path)
    watcher.news()
    current, move = propose_unpin(store, REQUEST)
    activate(store, move, current, stamp())
    assert watcher.news() == []


def test_a_store_that_is_away_loses_nothing(
    store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watcher = Following(store, tmp_path)
    watcher.news()
    deploy(store, FIRST)
    with monkeypatch.context() as patch:
        patch.setattr(FolderStore, "read", _away)
        with pytest.raises(StoreUnavailableError):
            watcher.news()
    assert len(watcher.news()) == 1


def test_a_tree_leads_to_its_release_and_commit(store: FolderStore, monkeypatch: pytest.MonkeyPatch) -> None:
    first = deploy(store, FIRST)
    deploy(store, SECOND, second=1)
    releases = Releases({"production": store})
    assert releases.of("production", first.tree) == Made(first.release, "cccccccc")
    assert releases.of("production", "sha256-" + "0" * 64) == Made()
    assert releases.of("dev", first.tree) == Made()
    assert releases.of("production", None) == Made()
    assert releases.current("production").release != first.release
    assert releases.current("dev") == Made()
    monkeypatch.setattr(FolderStore, "read", _away)
    assert releases.of("production", first.tree) == Made(first.release, "cccccccc"), "it is remembered"
    assert Releases({"production": store}).of("production", first.tree) == Made(), "and else left out"


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (Source(), None),
        (Source(commit="1a2b3c4d" * 5, author="Ana <ana@example.com>"), "1a2b3c4d (Ana)"),
        (Source(commit="1a2b3c4d" * 5, dirty=True), "1a2b3c4d with changes"),
    ],
)
def test_a_commit_is_told_short_and_with_its_author(source: Source, told: str | None) -> None:
    assert commit_of(source) == told


def _away(*_: object, **__: object) -> None:
    raise StoreUnavailableError("The store does not answer")
