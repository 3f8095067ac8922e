"""A store in a bucket: S3 and what speaks like it, GCS, Azure; and in memory, for tests."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import obstore

from airside.base.errors import StoreIncapableError
from airside.store.failures import OBSTORE_ERRORS, Kind, kind_of, reading_failed, was_repeated, writing_failed
from airside.store.port import (
    Found,
    Listed,
    OutcomeUnknownError,
    Revision,
    Unchanged,
    require_key,
    require_prefix,
    too_large,
)

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig
    from obstore.store import ObjectStore as Bucket

READING: Final["ClientConfig"] = {
    "connect_timeout": timedelta(seconds=2),
    "read_timeout": timedelta(seconds=5),
    "timeout": timedelta(minutes=10),
}
"""A server that stops sending is given up after 5 s, since dag processors wait for it; a slow large pack is not."""

WRITING: Final["ClientConfig"] = {"connect_timeout": timedelta(seconds=2), "timeout": timedelta(seconds=30)}
"""For small objects: no time of reading, since that would run while a body is still being sent."""

UPLOADING: Final["ClientConfig"] = {"connect_timeout": timedelta(seconds=2), "timeout": timedelta(minutes=10)}
"""For large ones: a pack of 64 MiB takes 9 minutes at 1 Mbit/s."""

SMALL_BYTES: Final = 1024 * 1024
"""What is written within 30 s at 0.3 Mbit/s."""

RETRY: Final["RetryConfig"] = {
    "max_retries": 8,
    "retry_timeout": timedelta(seconds=8),
    "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=2), "base": 2},
}
"""Bounds what an unreachable store costs: the last attempt begins within 8 s and may take 2 s to connect."""


class ObjectStore:
    """The objects of a bucket below a prefix.

    Args:
        connect: Makes an obstore store, with the prefix in it, that has the given limits of time.
        location: What messages call it; without secrets.
    """

    def __init__(self, connect: Callable[["ClientConfig"], "Bucket"], location: str) -> None:
        self._connect = connect
        self._location = location
        self._reading = connect(READING)

    @cached_property
    def _writing(self) -> "Bucket":
        return self._connect(WRITING)

    @cached_property
    def _uploading(self) -> "Bucket":
        return self._connect(UPLOADING)

    def _for(self, data: bytes) -> "Bucket":
        return self._writing if len(data) <= SMALL_BYTES else self._uploading

    @property
    def location(self) -> str:
        """The URL, and the endpoint where one is set."""
        return self._location

    def read(self, key: str, *, limit: int, unless: Revision | None = None) -> Found | Unchanged | None:
        """Return the object `key`; see `Store.read`. One request."""
        options: Any = {"if_none_match": unless.token} if unless else {}
        try:
            result = obstore.get(self._reading, require_key(key), options=options)
            meta = result.meta
            # The body ends at the length that was announced: obstore's HTTP client reads no further.
            if meta["size"] > limit:
                raise too_large(key, self._location, size=meta["size"], limit=limit)
            return Found(bytes(result.bytes()), _revision(meta["e_tag"], meta["version"], self._location))
        except OBSTORE_ERRORS as error:
            kind = kind_of(error)
            if kind is Kind.MISSING:
                return None
            if kind is Kind.UNCHANGED:
                return Unchanged.UNCHANGED
            raise reading_failed(error, key, self._location) from error

    def create(self, key: str, data: bytes) -> bool:
        """Write a new object; see `Store.create`. One request, whatever the size."""
        try:
            obstore.put(self._for(data), require_key(key), data, mode="create", use_multipart=False)
        except OBSTORE_ERRORS as error:
            if kind_of(error) is Kind.EXISTS:
                return False
            raise writing_failed(error, key, self._location) from error
        return True

    def replace(self, key: str, data: bytes, expected: Revision) -> Revision | None:
        """Write the object `key` if its state is `expected`; see `Store.replace`. One request."""
        # obstore refuses a version of None (0.12).
        mode: Any = {"e_tag": expected.token} | ({"version": expected.version} if expected.version else {})
        try:
            result = obstore.put(self._for(data), require_key(key), data, mode=mode, use_multipart=False)
        except OBSTORE_ERRORS as error:
            if kind_of(error) is not Kind.LOST:
                raise writing_failed(error, key, self._location) from error
            if was_repeated(error):
                raise OutcomeUnknownError(
                    f"{self._location} refused a repeated write of {key}, which the first attempt may have made"
                ) from error
            return None
        return _revision(result["e_tag"], result["version"], self._location)

    def list(self, prefix: str) -> Iterator[Listed]:
        """Yield the objects below `prefix`; see `Store.list`. One request for each thousand."""
        require_prefix(prefix)
        try:
            found = obstore.list(self._reading, prefix or None, chunk_size=1000).collect()
        except OBSTORE_ERRORS as error:
            raise reading_failed(error, prefix, self._location) from error
        listed = (Listed(meta["path"], meta["size"], meta["last_modified"]) for meta in found)
        return iter(sorted(listed, key=lambda object_: object_.key))

    def delete(self, key: str) -> None:
        """Remove the object `key`; see `Store.delete`."""
        try:
            obstore.delete(self._writing, require_key(key))
        except OBSTORE_ERRORS as error:
            if kind_of(error) is not Kind.MISSING:
                raise reading_failed(error, key, self._location) from error


def _revision(e_tag: str | None, version: str | None, location: str) -> Revision:
    if e_tag is None:
        raise StoreIncapableError(f"{location} gives its objects no ETag, so nothing can be compared and swapped")
    return Revision(e_tag, version)
