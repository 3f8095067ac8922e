"""The store: whether it answers, how fast, what it lets us do, and what time it thinks it is."""

import secrets
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from airside.base.errors import StoreIncapableError, StoreUnavailableError
from airside.platform.diagnosis.disk import disk_findings
from airside.platform.diagnosis.findings import Finding
from airside.release.keys import FORMAT_KEY
from airside.store.folder import FolderStore
from airside.store.port import Found, Listed, Store
from airside.store.probe import MAX_FORMAT_BYTES, require_capable, try_out

_READS = 5
_SLOW = 0.5
"""Seconds of one small read from which every command is felt to be slow."""

_SKEW = timedelta(seconds=30)
_BAD_SKEW = timedelta(minutes=5)
"""S3 refuses requests that are 15 minutes off (RequestTimeTooSkewed)."""

_RIGHTS = (
    "Give this account the rights to read, write, list and delete below the prefix of the store; "
    "on a machine that only reads: airside doctor --read-only"
)


def store_findings(store: Store, now: Callable[[], datetime], *, writes: bool) -> Iterator[Finding]:
    """Look at `store`.

    Args:
        store: Which one. Objects below `probe/` are written there, and removed.
        now: Returns the time of this machine.
        writes: Whether this machine is to deploy; one that only reads needs no right to write.

    Raises:
        StoreUnavailableError: It does not answer.
    """
    yield _latency(store)
    yield _format(store, now)
    if isinstance(store, FolderStore):
        yield from disk_findings("store", Path(store.location))
    if writes:
        yield from _trial(store)
        yield from _clock(store, now)


def _latency(store: Store) -> Finding:
    seconds = statistics.median(_timed_read(store) for _ in range(_READS))
    seen = f"{store.location} answers: a small read takes {seconds * 1000:.1f} ms"
    if seconds > _SLOW:
        return Finding("store", "warning", seen, "Look at the network, or take a region that is nearer.")
    return Finding("store", "ok", seen)


def _timed_read(store: Store) -> float:
    start = time.perf_counter()
    store.read(FORMAT_KEY, limit=MAX_FORMAT_BYTES)
    return time.perf_counter() - start


def _format(store: Store, now: Callable[[], datetime]) -> Finding:
    if not isinstance(store.read(FORMAT_KEY, limit=MAX_FORMAT_BYTES), Found):
        return Finding("store", "ok", "It is empty: the first deploy makes it a store")
    require_capable(store, now=now())  # one read, since the document is there
    return Finding("store", "ok", "Its format is one that this Airside reads")


def _trial(store: Store) -> Iterator[Finding]:
    try:
        try_out(store)
    except StoreIncapableError as error:
        yield Finding("store", "problem", error.message, error.hint)
    except StoreUnavailableError as error:
        yield Finding("store", "problem", f"It can be read but not written: {error.message}", _RIGHTS)
    else:
        yield Finding("store", "ok", "It creates, compares and swaps, also with eight writers at once, and deletes")


def _clock(store: Store, now: Callable[[], datetime]) -> Iterator[Finding]:
    """Compare the clocks, by an object that is written and listed; so the right to list is known too."""
    key = f"probe/{secrets.token_hex(16)}-clock"
    before = now()
    try:
        store.create(key, b"what time is it?")
        after = now()
        listed = next((found for found in store.list("probe/") if found.key == key), None)
        store.delete(key)
    except StoreUnavailableError as error:
        yield Finding("store", "problem", f"It cannot be listed: {error.message}", _RIGHTS)
        return
    if listed is None:
        yield Finding("store", "warning", "A listing lags behind writes", "Use a store whose listings are consistent.")
        return
    yield _skew(listed, before, after)


def _skew(listed: Listed, before: datetime, after: datetime) -> Finding:
    early, late = before - listed.modified, listed.modified - after
    # Some stores tell whole seconds, so that a second more or less says nothing.
    skew = max(early, late, timedelta(seconds=1)) - timedelta(seconds=1)
    if skew <= _SKEW:
        return Finding("store", "ok", f"Its clock and that of this machine differ by less than {_SKEW.seconds} s")
    direction = "behind" if late > early else "ahead of"
    seen = f"The clock of this machine is {skew.total_seconds():.0f} s {direction} that of the store"
    return Finding("store", "problem" if skew > _BAD_SKEW else "warning", seen, "timedatectl set-ntp true")
