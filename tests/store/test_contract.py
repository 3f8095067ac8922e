"""The duties of `airside.store.port.Store`, on every adapter."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from listing import keys_of

from airside.base.errors import IntegrityError, StoreUnavailableError, UsageError
from airside.store.port import Found, OutcomeUnknownError, Revision, Store, Unchanged
from airside.store.probe import require_capable

LIMIT = 1 << 20


def read(store: Store, key: str) -> Found:
    found = store.read(key, limit=LIMIT)
    assert isinstance(found, Found)
    return found


def test_a_missing_object_reads_as_none(store: Store) -> None:
    assert store.read("environments/production.json", limit=LIMIT) is None


def test_what_was_created_is_read_by_everybody(store: Store, reopen: Callable[[], Store]) -> None:
    assert store.create("packs/one", b"content")
    assert read(store, "packs/one").data == b"content"
    assert read(reopen(), "packs/one") == read(store, "packs/one")


@pytest.mark.parametrize("data", [b"", b"\x00\xff" * 10, b"x" * LIMIT])
def test_every_content_comes_back(store: Store, data: bytes) -> None:
    store.create("a", data)
    assert read(store, "a").data == data


def test_a_second_creation_is_refused_and_changes_nothing(store: Store) -> None:
    store.create("a/b", b"first")
    before = read(store, "a/b")
    assert not store.create("a/b", b"second")
    assert read(store, "a/b") == before


def test_of_many_creators_at_once_one_wins(store: Store) -> None:
    bids = [f"bid {number}".encode() for number in range(8)]
    together = threading.Barrier(len(bids))

    def bid(data: bytes) -> bool:
        together.wait()
        try:
            return store.create("history/one", data)
        except OutcomeUnknownError:
            return False

    with ThreadPoolExecutor(len(bids)) as pool:
        won = list(pool.map(bid, bids))
    assert won.count(True) <= 1
    assert read(store, "history/one").data in bids
    if True in won:
        assert read(store, "history/one").data == bids[won.index(True)]


def test_replacing_the_expected_state_gives_a_new_one(store: Store) -> None:
    store.create("a", b"first")
    first = read(store, "a").revision
    second = store.replace("a", b"second", first)
    assert second is not None
    assert second != first
    assert read(store, "a") == Found(b"second", second)


def test_a_stale_revision_loses_and_changes_nothing(store: Store) -> None:
    store.create("a", b"first")
    stale = read(store, "a").revision
    store.replace("a", b"second", stale)
    assert store.replace("a", b"third", stale) is None
    assert read(store, "a").data == b"second"


def test_replacing_a_missing_object_loses_and_makes_none(store: Store) -> None:
    store.create("a", b"first")
    revision = read(store, "a").revision
    assert store.replace("b", b"second", revision) is None
    assert store.read("b", limit=LIMIT) is None


def test_a_foreign_revision_loses(store: Store) -> None:
    store.create("a", b"first")
    assert store.replace("a", b"second", Revision('"0123456789abcdef0123456789abcdef"')) is None


def test_of_many_writers_at_once_one_wins_each_round(store: Store) -> None:
    store.create("pointer", b"start")
    for turn in range(3):
        start = read(store, "pointer").revision
        bids = [f"turn {turn} bid {number}".encode() for number in range(6)]
        won = _race(store, start, bids)
        assert won.count(True) <= 1
        if True in won:
            assert read(store, "pointer").data == bids[won.index(True)]


def _race(store: Store, start: Revision, bids: list[bytes]) -> list[bool]:
    together = threading.Barrier(len(bids))

    def bid(data: bytes) -> bool:
        together.wait()
        try:
            return store.replace("pointer", data, start) is not None
        except OutcomeUnknownError:
            return False

    with ThreadPoolExecutor(len(bids)) as pool:
        return list(pool.map(bid, bids))


def test_no_increment_is_lost_among_concurrent_counters(store: Store) -> None:
    store.create("counter", b"0")

    def count() -> None:
        for _ in range(5):
            while True:
                found = read(store, "counter")
                if store.replace("counter", str(int(found.data) + 1).encode(), found.revision):
                    break

    with ThreadPoolExecutor(4) as pool:
        for counted in [pool.submit(count) for _ in range(4)]:
            counted.result()
    assert read(store, "counter").data == b"20"


def test_a_conditional_read_tells_unchanged_from_changed(store: Store) -> None:
    store.create("a", b"first")
    first = read(store, "a").revision
    assert store.read("a", limit=LIMIT, unless=first) is Unchanged.UNCHANGED
    second = store.replace("a", b"second", first)
    assert store.read("a", limit=LIMIT, unless=first) == Found(b"second", second or first)
    assert store.read("a", limit=LIMIT, unless=second) is Unchanged.UNCHANGED


def test_a_conditional_read_of_a_missing_object_is_none(store: Store) -> None:
    store.create("a", b"first")
    assert store.read("b", limit=LIMIT, unless=read(store, "a").revision) is None


def test_an_object_over_the_limit_is_refused(store: Store) -> None:
    store.create("a", b"x" * 101)
    assert store.read("a", limit=101)
    with pytest.raises(IntegrityError, match=r"a in .* has 101 bytes, more than the 100"):
        store.read("a", limit=100)


def test_keys_are_listed_in_lexical_order_below_their_prefix_only(store: Store) -> None:
    keys = ["history/prod/2", "history/prod/10", "history/prod.x/1", "history/prod-a/1", "packs/a", "z"]
    for key in keys:
        store.create(key, b"")
    assert keys_of(store, "history/") == sorted(keys[:4])
    assert keys_of(store, "history/prod/") == ["history/prod/10", "history/prod/2"]
    assert keys_of(store, "") == sorted(keys)
    assert keys_of(store, "none/") == []


def test_more_keys_than_a_page_are_listed(store: Store) -> None:
    keys = [f"many/{number:05d}" for number in range(1030)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda key: store.create(key, b""), keys))
    assert keys_of(store, "many/") == keys


def test_an_object_that_was_deleted_can_be_deleted_and_created_again(store: Store) -> None:
    store.create("a", b"first")
    store.delete("a")
    store.delete("a")
    assert store.read("a", limit=LIMIT) is None
    assert keys_of(store, "") == []
    assert store.create("a", b"second")


@pytest.mark.parametrize(
    "key",
    ["", "/", "/a", "a/", "a//b", "..", "a/../b", "./a", ".locks/a", "a/.b", "a b", "a\\b", "a\x00", "ä", "a" * 900],
)
def test_bad_keys_are_refused_by_every_method(store: Store, key: str) -> None:
    revision = Revision("0")
    for attempt in (
        lambda: store.read(key, limit=1),
        lambda: store.create(key, b""),
        lambda: store.replace(key, b"", revision),
        lambda: store.delete(key),
    ):
        with pytest.raises(UsageError, match="cannot be the name of an object"):
            attempt()


@pytest.mark.parametrize("prefix", ["a", "../", "/", ".locks/"])
def test_bad_prefixes_are_refused(store: Store, prefix: str) -> None:
    with pytest.raises(UsageError):
        keys_of(store, prefix)


def test_every_adapter_is_found_capable_and_left_clean(store: Store) -> None:
    require_capable(store, now=datetime(2026, 11, 21, tzinfo=UTC))
    assert keys_of(store, "") == ["format.json"]


def test_an_unknown_outcome_counts_as_unavailable() -> None:
    assert issubclass(OutcomeUnknownError, StoreUnavailableError)
