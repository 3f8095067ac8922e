"""Whether a store can hold releases: it is tried once, and the verdict is kept in `format.json`.

Servers exist that ignore the headers of conditional writes and answer as if all were well. On such a store two
deploys at once would both succeed, and one of them would be lost without a trace.
"""

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from importlib.metadata import version
from typing import Final

import msgspec

from airside.base.clock import to_text
from airside.base.errors import StoreIncapableError
from airside.release.encoding import Document, canonical, decode
from airside.release.keys import FORMAT_KEY
from airside.store.port import Found, OutcomeUnknownError, Revision, Store

MAX_FORMAT_BYTES: Final = 64 * 1024
"""Bytes of `format.json`."""

_RACERS = 8


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What a store was seen to do.

    Attributes:
        create_only: It refuses to create what exists.
        compare_and_swap: It refuses to replace what has changed or is missing, also among racing writers.
    """

    create_only: bool
    compare_and_swap: bool


class StoreFormat(Document, frozen=True, kw_only=True, tag_field="kind", tag="store"):
    """The document `format.json`: which format the store has, and what the probe found.

    Attributes:
        capabilities: What the store was seen to do.
        created_at: When it was tried, RFC 3339 in UTC.
        created_by: What tried it.
    """

    capabilities: Capabilities
    created_at: str
    created_by: str


def require_capable(store: Store, *, now: datetime) -> None:
    """Return when `store` can hold releases. One read, but for the first time, when the store is tried.

    Raises:
        StoreIncapableError: It lacks an ability; the message names which.
        StoreUnavailableError: It does not answer, or denies access.
        UsageError: A newer Airside made it.
    """
    if (known := _known(store)) is None:
        try_out(store)
        document = StoreFormat(
            capabilities=Capabilities(create_only=True, compare_and_swap=True),
            created_at=to_text(now),
            created_by=f"airside {version('airside')}",
        )
        store.create(FORMAT_KEY, canonical(document))
        known = document.capabilities
    if not (known.create_only and known.compare_and_swap):
        raise _incapable(store, f"{FORMAT_KEY} says so")


def _known(store: Store) -> Capabilities | None:
    found = store.read(FORMAT_KEY, limit=MAX_FORMAT_BYTES)
    if not isinstance(found, Found):
        return None
    return decode(found.data, StoreFormat, what=f"{FORMAT_KEY} in {store.location}").capabilities


def try_out(store: Store) -> None:
    """Try the abilities that releases need, also among racing writers, on objects below `probe/` that are removed.

    Raises:
        StoreIncapableError: It lacks an ability; the message names which.
        StoreUnavailableError: It does not answer, or denies access.
    """
    place = f"probe/{secrets.token_hex(16)}"
    keys = {name: f"{place}-{name}" for name in ("object", "missing")}
    try:
        _try_create(store, keys["object"])
        _try_replace(store, keys["object"], keys["missing"])
        _try_race(store, keys["object"])
    finally:
        for key in keys.values():
            store.delete(key)


def _try_create(store: Store, key: str) -> None:
    if not store.create(key, b"first"):
        raise _incapable(store, "a new object was called an old one")
    if store.create(key, b"second") or _read(store, key).data != b"first":
        raise _incapable(store, "creating an object that exists overwrites it (If-None-Match is ignored)")


def _try_replace(store: Store, key: str, missing: str) -> None:
    stale = _read(store, key).revision
    fresh = store.replace(key, b"third", stale)
    if fresh is None or fresh == stale or _read(store, key).data != b"third":
        raise _incapable(store, "an object cannot be replaced by its revision")
    if store.replace(key, b"fourth", stale) is not None or _read(store, key).data != b"third":
        raise _incapable(store, "replacing an object that has changed overwrites it (If-Match is ignored)")
    if store.replace(missing, b"fifth", stale) is not None or store.read(missing, limit=16) is not None:
        raise _incapable(store, "replacing an object that is missing makes it (If-Match is ignored)")


def _try_race(store: Store, key: str) -> None:
    """Let several writers replace one state at once; one of them must win, and what it wrote must stay."""
    start = _read(store, key).revision
    bids = [f"racer {number}".encode() for number in range(_RACERS)]
    with ThreadPoolExecutor(_RACERS) as pool:
        outcomes = list(pool.map(lambda bid: _bid(store, key, bid, start), bids))
    winners = [bid for bid, won in zip(bids, outcomes, strict=True) if won]
    unknown = [bid for bid, won in zip(bids, outcomes, strict=True) if won is None]
    final = _read(store, key).data
    if len(winners) > 1 or final not in (winners or unknown):
        raise _incapable(store, f"of {_RACERS} writers at once {len(winners)} were told that they won")


def _bid(store: Store, key: str, data: bytes, start: Revision) -> bool | None:
    """Return whether this writer won; None when the store would not say."""
    try:
        return store.replace(key, data, start) is not None
    except OutcomeUnknownError:
        return None


def _read(store: Store, key: str) -> Found:
    found = store.read(key, limit=64)
    if not isinstance(found, Found):
        raise _incapable(store, "an object that was just written cannot be read")
    return found


def _incapable(store: Store, why: str) -> StoreIncapableError:
    return StoreIncapableError(
        f"{store.location} cannot hold releases: {why}",
        hint="Use a store with conditional writes: S3, GCS, Azure, R2, MinIO, Ceph, SeaweedFS or a folder.",
    )
