import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import pytest
from shipping import record_of, sources

from airside.base.digest import Digest
from airside.base.errors import StoreUnavailableError
from airside.conformance.faults import Verb, Wrapped
from airside.delivery.environments import read_manifest
from airside.delivery.publish import publish
from airside.release.packing import plan_packs
from airside.store.folder import FolderStore
from airside.store.port import Store

T = TypeVar("T")
FILES = {f"dags/workflow_{number:02}.py": f"x = {number}\n" * 50 for number in range(40)}
CHANGED = {**FILES, "dags/workflow_07.py": "x = 0.7\n"}


def writes(store: Wrapped) -> list[str]:
    return [call.removeprefix("create ").split("/")[0] for call in store.calls if not call.startswith("read ")]


def test_a_change_of_one_file_uploads_that_file_and_not_the_tree(store: FolderStore) -> None:
    first = record_of(FILES)
    whole = publish(store, sources(FILES), first)
    second = record_of(CHANGED, second=1)
    upload = publish(store, sources(CHANGED), second, base=first.tree)
    before, after = read_manifest(store, first.tree), read_manifest(store, second.tree)
    assert after.packs[0] == before.packs[0]
    assert [pack.raw_size for pack in after.packs[1:]] == [len("x = 0.7\n")]
    assert upload.objects == whole.objects == 3
    assert after.packs[1].size < 50


def test_packs_come_before_the_manifest_and_the_manifest_before_the_record(store: FolderStore) -> None:
    publish(store, sources(FILES), record_of(FILES))
    traced = Wrapped(store)
    publish(traced, sources(CHANGED), record_of(CHANGED, second=1), base=record_of(FILES).tree)
    assert writes(traced) == ["packs", "trees", "releases"]


def test_equal_content_again_writes_nothing_but_the_record_and_does_not_look_at_the_base(store: FolderStore) -> None:
    publish(store, sources(FILES), record_of(FILES))
    traced = Wrapped(store)
    publish(traced, sources(FILES), record_of(FILES, second=1), base=Digest.of(b"any"))
    assert writes(traced) == ["releases"]
    assert [call for call in traced.calls if call.startswith("read trees/")] == [
        f"read trees/{record_of(FILES).tree}.json"
    ]


def test_a_base_that_is_not_in_the_store_is_done_without(store: FolderStore) -> None:
    publish(store, sources(FILES), record_of(FILES), base=Digest.of(b"gone"))
    assert len(read_manifest(store, record_of(FILES).tree).packs) == 1


class Counting(Wrapped):
    """Counts the packs that are being sent at once."""

    def __init__(self, inner: Store) -> None:
        super().__init__(inner)
        self.now = self.most = 0
        self.lock = threading.Lock()

    def intercept(self, verb: Verb, key: str, call: Callable[[], T]) -> T:
        if not key.startswith("packs/") or verb != "create":
            return super().intercept(verb, key, call)
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.02)
        with self.lock:
            self.now -= 1
        return super().intercept(verb, key, call)


@pytest.fixture
def small_packs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("airside.delivery.publish.plan_packs", partial(plan_packs, limit=1000))


def test_packs_are_sent_side_by_side_and_few_at_once(store: FolderStore, small_packs: None) -> None:
    counting = Counting(store)
    publish(counting, sources(FILES), record_of(FILES))
    assert len(read_manifest(store, record_of(FILES).tree).packs) > 4
    assert counting.most == 2


def test_a_pack_that_cannot_be_sent_leaves_no_manifest(store: FolderStore, small_packs: None) -> None:
    class Failing(Wrapped):
        def intercept(self, verb: Verb, key: str, call: Callable[[], T]) -> T:
            if verb == "create" and sum(made.startswith("create packs/") for made in self.calls) == 3:
                raise StoreUnavailableError("full")
            return super().intercept(verb, key, call)

    failing = Failing(store)
    with pytest.raises(StoreUnavailableError, match="full"):
        publish(failing, sources(FILES), record_of(FILES))
    assert set(writes(failing)) == {"packs"}
    publish(store, sources(FILES), record_of(FILES))
    assert read_manifest(store, record_of(FILES).tree).files
