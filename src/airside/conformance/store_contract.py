"""The duties of `airside.store.port.Store` as a suite of tests. Needs pytest.

An adapter is held to them by a class of this kind in its own tests:

```python
import pytest
from airside.store.port import Store
from airside.conformance.store_contract import Reopen, StoreContract

class TestMyStore(StoreContract):
    @pytest.fixture
    def reopen(self, tmp_path) -> Reopen:
        return lambda: MyStore(tmp_path)

    @pytest.fixture
    def store(self, reopen: Reopen) -> Store:
        return reopen()
```
"""

# ruff: noqa: S101 - assertions are what a suite of tests is made of

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import ClassVar

import pytest

from airside.base.errors import IntegrityError, UsageError
from airside.store.port import Found, OutcomeUnknownError, Revision, Store, Unchanged
from airside.store.probe import require_capable

Reopen = Callable[[], Store]
"""Opens the same place once more, as another process would."""

LIMIT = 1 << 20

BAD_KEYS = [
    *("", "/", "/a", "a/", "a//b", "..", "a/../b", "./a", ".locks/a", "a/.b", "a b", "a\\b", "a\x00", "ä"),
    "a" * 900,
]

PAGE = 1030
"""More keys than a page of S3's listing has."""


class StoreContract:
    """Subclass it as `Test…`, with the fixtures `reopen`, a `Reopen` of an empty place, and `store`, what it opens."""

    foreign: ClassVar[Revision] = Revision('"0123456789abcdef0123456789abcdef"')
    """A revision in the adapter's own form that no object ever had."""

    def test_a_missing_object_reads_as_none(self, store: Store) -> None:
        """And not as an error."""
        assert store.read("environments/production.json", limit=LIMIT) is None

    def test_the_name_of_a_channel_is_read_and_listed_as_it_was_written(self, store: Store) -> None:
        """Some clients and proxies escape its tilde, and none of the others would find it."""
        key = "environments/preview/x~secrets.json"
        assert store.create(key, b"1")
        assert [found.key for found in store.list("environments/preview/")] == [key]
        found = store.read(key, limit=LIMIT)
        assert isinstance(found, Found)
        assert store.replace(key, b"2", found.revision)

    def test_what_was_created_is_read_by_everybody(self, store: Store, reopen: Reopen) -> None:
        """By other processes too, in the same state."""
        assert store.create("packs/one", b"content")
        assert _read(store, "packs/one").data == b"content"
        assert _read(reopen(), "packs/one") == _read(store, "packs/one")

    @pytest.mark.parametrize("data", [b"", b"\x00\xff" * 10, b"x" * LIMIT], ids=["empty", "binary", "large"])
    def test_every_content_comes_back(self, store: Store, data: bytes) -> None:
        """Nothing, any bytes, and a mebibyte."""
        store.create("a", data)
        assert _read(store, "a").data == data

    def test_a_second_creation_is_refused_and_changes_nothing(self, store: Store) -> None:
        """Objects that are written once stay."""
        store.create("a/b", b"first")
        before = _read(store, "a/b")
        assert not store.create("a/b", b"second")
        assert _read(store, "a/b") == before

    def test_of_many_creators_at_once_one_wins(self, store: Store) -> None:
        """And its bytes are those that stay."""
        bids = [f"bid {number}".encode() for number in range(8)]
        won = _at_once(bids, lambda bid: store.create("history/one", bid))
        assert won.count(True) <= 1
        assert _read(store, "history/one").data in bids
        if True in won:
            assert _read(store, "history/one").data == bids[won.index(True)]

    def test_replacing_the_expected_state_gives_a_new_one(self, store: Store) -> None:
        """The revision that comes back is that of what was written."""
        store.create("a", b"first")
        first = _read(store, "a").revision
        second = store.replace("a", b"second", first)
        assert second is not None
        assert second != first
        assert _read(store, "a") == Found(b"second", second)

    def test_a_stale_revision_loses_and_changes_nothing(self, store: Store) -> None:
        """This is what makes a deploy safe against another one."""
        store.create("a", b"first")
        stale = _read(store, "a").revision
        store.replace("a", b"second", stale)
        assert store.replace("a", b"third", stale) is None
        assert _read(store, "a").data == b"second"

    def test_replacing_a_missing_object_loses_and_makes_none(self, store: Store) -> None:
        """Some servers make it."""
        store.create("a", b"first")
        revision = _read(store, "a").revision
        assert store.replace("b", b"second", revision) is None
        assert store.read("b", limit=LIMIT) is None

    def test_a_foreign_revision_loses(self, store: Store) -> None:
        """A revision that no object ever had."""
        store.create("a", b"first")
        assert store.replace("a", b"second", self.foreign) is None

    def test_of_many_writers_at_once_one_wins_each_round(self, store: Store) -> None:
        """Whoever is told that it won finds its own bytes."""
        store.create("pointer", b"start")
        for turn in range(3):
            start = _read(store, "pointer").revision
            bids = [f"turn {turn} bid {number}".encode() for number in range(6)]
            won = _at_once(bids, partial(_replaces, store, "pointer", start))
            assert won.count(True) <= 1
            if True in won:
                assert _read(store, "pointer").data == bids[won.index(True)]

    def test_no_increment_is_lost_among_concurrent_counters(self, store: Store) -> None:
        """Four threads count to five each, and the sum is twenty."""
        store.create("counter", b"0")

        def count() -> None:
            for _ in range(5):
                while True:
                    found = _read(store, "counter")
                    if store.replace("counter", str(int(found.data) + 1).encode(), found.revision):
                        break

        with ThreadPoolExecutor(4) as pool:
            for counted in [pool.submit(count) for _ in range(4)]:
                counted.result()
        assert _read(store, "counter").data == b"20"

    def test_a_conditional_read_tells_unchanged_from_changed(self, store: Store) -> None:
        """What polls an environment gets no body while nothing has moved."""
        store.create("a", b"first")
        first = _read(store, "a").revision
        assert store.read("a", limit=LIMIT, unless=first) is Unchanged.UNCHANGED
        second = store.replace("a", b"second", first)
        assert store.read("a", limit=LIMIT, unless=first) == Found(b"second", second or first)
        assert store.read("a", limit=LIMIT, unless=second) is Unchanged.UNCHANGED

    def test_a_conditional_read_of_a_missing_object_is_none(self, store: Store) -> None:
        """It has not stayed as it was."""
        store.create("a", b"first")
        assert store.read("b", limit=LIMIT, unless=_read(store, "a").revision) is None

    def test_an_object_over_the_limit_is_refused(self, store: Store) -> None:
        """However large it is, no more than the limit is held."""
        store.create("a", b"x" * 101)
        assert store.read("a", limit=101)
        with pytest.raises(IntegrityError, match=r"a in .* has 101 bytes, more than the 100"):
            store.read("a", limit=100)

    def test_keys_are_listed_in_lexical_order_below_their_prefix_only(self, store: Store) -> None:
        """A prefix ends at a slash: `history/prod/` has nothing of `history/prod.x/`."""
        keys = ["history/prod/2", "history/prod/10", "history/prod.x/1", "history/prod-a/1", "packs/a", "z"]
        for key in keys:
            store.create(key, b"")
        assert _keys(store, "history/") == sorted(keys[:4])
        assert _keys(store, "history/prod/") == ["history/prod/10", "history/prod/2"]
        assert _keys(store, "") == sorted(keys)
        assert _keys(store, "none/") == []

    def test_more_keys_than_a_page_are_listed(self, store: Store) -> None:
        """Listings of S3 come in pages of a thousand."""
        keys = [f"many/{number:05d}" for number in range(PAGE)]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda key: store.create(key, b""), keys))
        assert _keys(store, "many/") == keys

    def test_a_listing_tells_size_and_age(self, store: Store) -> None:
        """What is younger than a writer may take is not collected."""
        store.create("a/b", b"12345")
        (listed,) = store.list("a/")
        assert (listed.key, listed.size) == ("a/b", 5)
        assert abs((datetime.now(UTC) - listed.modified).total_seconds()) < 24 * 3600, "an aware time"

    def test_an_object_that_was_deleted_can_be_deleted_and_created_again(self, store: Store) -> None:
        """Deleting is idempotent."""
        store.create("a", b"first")
        store.delete("a")
        store.delete("a")
        assert store.read("a", limit=LIMIT) is None
        assert _keys(store, "") == []
        assert store.create("a", b"second")

    @pytest.mark.parametrize("key", BAD_KEYS)
    def test_bad_keys_are_refused_by_every_method(self, store: Store, key: str) -> None:
        """None leaves the place that the store is in."""
        for attempt in (
            lambda: store.read(key, limit=1),
            lambda: store.create(key, b""),
            lambda: store.replace(key, b"", self.foreign),
            lambda: store.delete(key),
        ):
            with pytest.raises(UsageError, match="cannot be the name of an object"):
                attempt()

    @pytest.mark.parametrize("prefix", ["a", "../", "/", ".locks/"])
    def test_bad_prefixes_are_refused(self, store: Store, prefix: str) -> None:
        """A prefix is empty, or a key with a slash at its end."""
        with pytest.raises(UsageError):
            _keys(store, prefix)

    def test_it_is_found_capable_and_left_clean(self, store: Store) -> None:
        """The probe of the first use lets it pass, and leaves its verdict alone."""
        require_capable(store, now=datetime(2026, 11, 21, tzinfo=UTC))
        assert _keys(store, "") == ["format.json"]


def _read(store: Store, key: str) -> Found:
    found = store.read(key, limit=LIMIT)
    assert isinstance(found, Found)
    return found


def _keys(store: Store, prefix: str) -> list[str]:
    return [listed.key for listed in store.list(prefix)]


def _replaces(store: Store, key: str, expected: Revision, data: bytes) -> bool:
    return store.replace(key, data, expected) is not None


def _at_once(bids: list[bytes], attempt: Callable[[bytes], bool]) -> list[bool]:
    """Make all attempts at the same instant; one whose outcome the store would not tell did not win."""
    together = threading.Barrier(len(bids))

    def bid(data: bytes) -> bool:
        together.wait()
        try:
            return attempt(data)
        except OutcomeUnknownError:
            return False

    with ThreadPoolExecutor(len(bids)) as pool:
        return list(pool.map(bid, bids))
