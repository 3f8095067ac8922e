"""What releases need of a place that keeps bytes.

Every adapter is held to these duties by one suite of tests. In all of them a key is a relative path of
names of letters, digits, ``.``, ``_``, ``-`` and ``~``, each beginning with a letter or a digit, joined by slashes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final, Protocol

from airside.base.errors import IntegrityError, StoreUnavailableError, UsageError

MAX_KEY_BYTES: Final = 800
"""Bytes of a key: S3 allows 1,024 with the prefix of the store."""

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,254}(/[A-Za-z0-9][A-Za-z0-9._~-]{0,254})*")


class OutcomeUnknownError(StoreUnavailableError):
    """A write may have been applied or not: its answer was lost, or the store met a conflict.

    Whoever gets it reads the object again and looks for the own nonce in it.
    """


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of one object. Opaque; equal revisions of a key mean the same state.

    Attributes:
        token: The adapter's name of the state.
        version: A second name, for stores that compare another one than they list (GCS).
    """

    token: str
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """An object that was read: all its bytes, and the state that they are of."""

    data: bytes
    revision: Revision


@dataclass(frozen=True, slots=True)
class Listed:
    """An object as a listing shows it.

    Attributes:
        key: Its name.
        size: In bytes.
        modified: When it was written, by the clock of the store, which may differ from that of this machine.
    """

    key: str
    size: int
    modified: datetime


class Unchanged(Enum):
    """The answer to a conditional read of an object that is as it was."""

    UNCHANGED = "unchanged"


class Store(Protocol):
    """A flat space of named objects with compare-and-swap.

    Every method is atomic: a reader sees all bytes of one write, or none. What a write has returned
    from is durable, and every later read by anybody sees it. Every method may be called by many threads.

    Every method raises `UsageError` for a bad key and `StoreUnavailableError` for what may pass: no answer, an answer
    that says so, missing rights, a full disk. A write that may have been applied all the same raises its
    subclass `OutcomeUnknownError`. Nothing else is raised, but for what a method names.
    """

    @property
    def location(self) -> str:
        """Where the store is, for messages; holds no secret."""
        ...

    def read(self, key: str, *, limit: int, unless: Revision | None = None) -> Found | Unchanged | None:
        """Return the object `key`; None when there is none.

        Args:
            key: Its name.
            limit: The most bytes that the caller takes. No more are ever held.
            unless: A state that the caller has; `Unchanged.UNCHANGED` is returned when it still is the object's.

        Raises:
            IntegrityError: The object is larger than `limit`.
        """
        ...

    def create(self, key: str, data: bytes) -> bool:
        """Write a new object; return False, and change nothing, when `key` exists.

        Idempotent in effect. False may mean that an earlier attempt of this very call made the object.

        Raises:
            StoreIncapableError: The store cannot create without overwriting.
        """
        ...

    def replace(self, key: str, data: bytes, expected: Revision) -> Revision | None:
        """Write the object `key` if its state is `expected`; return the new state, or None when it was not.

        Not idempotent. None is final: this call changed nothing.

        Raises:
            StoreIncapableError: The store cannot compare and swap.
        """
        ...

    def list(self, prefix: str) -> Iterator[Listed]:
        """Yield the objects whose keys begin with `prefix`, in the lexical order of their keys.

        It may lag behind writes, so nothing that decides what is served asks for it.

        Args:
            prefix: Empty, or a key with a slash at its end.
        """
        ...

    def delete(self, key: str) -> None:
        """Remove the object `key`; nothing happens when there is none. Idempotent."""
        ...


def require_key(key: str) -> str:
    """Return `key`, if it is one.

    Raises:
        UsageError: It is not.
    """
    if not _KEY.fullmatch(key) or len(key) > MAX_KEY_BYTES:
        raise UsageError(f"{key[:200]!r} cannot be the name of an object in a store")
    return key


def require_prefix(prefix: str) -> str:
    """Return `prefix`, if it is empty or a key with a slash at its end.

    Raises:
        UsageError: It is neither.
    """
    if prefix:
        require_key(prefix.removesuffix("/"))
    if prefix and not prefix.endswith("/"):
        raise UsageError(f"The prefix {prefix!r} does not end with a slash")
    return prefix


def too_large(key: str, location: str, *, size: int, limit: int) -> IntegrityError:
    """Return the error for an object that is larger than its reader takes."""
    return IntegrityError(f"{key} in {location} has {size} bytes, more than the {limit} that it may have")
