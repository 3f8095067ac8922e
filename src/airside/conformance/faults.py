"""Stores that fail in one chosen way, around a store that works."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from airside.base.errors import StoreUnavailableError
from airside.store.port import Found, Listed, OutcomeUnknownError, Revision, Store, Unchanged

T = TypeVar("T")

Verb = Literal["read", "create", "replace", "list", "delete"]


class Killed(BaseException):
    """The process was killed. It is no `Exception`, so that no handler of ordinary errors sees it."""


@dataclass
class Wrapped:
    """Passes every call on through `intercept`, and writes it down. A fault of your own overrides `intercept`.

    Attributes:
        inner: The store that works.
        calls: Every call so far, ``<verb> <key>``.
    """

    inner: Store
    calls: list[str] = field(default_factory=list)

    @property
    def location(self) -> str:
        """That of the store that works."""
        return self.inner.location

    @property
    def writes(self) -> list[str]:
        """The calls that may have changed the store."""
        return [call for call in self.calls if not call.startswith(("read ", "list "))]

    def read(self, key: str, *, limit: int, unless: Revision | None = None) -> Found | Unchanged | None:
        """See `Store.read`."""
        return self.intercept("read", key, lambda: self.inner.read(key, limit=limit, unless=unless))

    def create(self, key: str, data: bytes) -> bool:
        """See `Store.create`."""
        return self.intercept("create", key, lambda: self.inner.create(key, data))

    def replace(self, key: str, data: bytes, expected: Revision) -> Revision | None:
        """See `Store.replace`."""
        return self.intercept("replace", key, lambda: self.inner.replace(key, data, expected))

    def list(self, prefix: str) -> Iterator[Listed]:
        """See `Store.list`."""
        return self.intercept("list", prefix, lambda: self.inner.list(prefix))

    def delete(self, key: str) -> None:
        """See `Store.delete`."""
        self.intercept("delete", key, lambda: self.inner.delete(key))

    def intercept(self, verb: Verb, key: str, call: Callable[[], T]) -> T:
        """Do `call`, which is `verb` of `key`, and return its answer."""
        self.calls.append(f"{verb} {key}")
        return call()


@dataclass
class Crash(Wrapped):
    """Kills the process at one call: that one, and all that a dead process would still ask for, raise `Killed`.

    Attributes:
        at: Which call, from 0.
        after: Whether the call reached the store first.
        dead: Whether it happened.
    """

    at: int = 0
    after: bool = False
    dead: bool = False
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def intercept(self, verb: Verb, key: str, call: Callable[[], T]) -> T:
        """Count, and kill when it is time."""
        with self._turn:
            if self.dead:
                raise Killed
            last = self.dead = len(self.calls) == self.at
            self.calls.append(f"{verb} {key}")
        if last and not self.after:
            raise Killed
        answer = call()
        if last:
            raise Killed
        return answer


@dataclass
class LostReply(Wrapped):
    """Applies one write and does not say so.

    Attributes:
        prefix: Of the keys whose writes are looked at.
        lost: Whether it happened; true from the beginning makes a store that never loses a reply.
    """

    prefix: str = "environments/"
    lost: bool = False

    def intercept(self, verb: Verb, key: str, call: Callable[[], T]) -> T:
        """Make the first write below the prefix, and lose its answer."""
        answer = super().intercept(verb, key, call)
        if verb in {"create", "replace"} and key.startswith(self.prefix) and not self.lost:
            self.lost = True
            raise OutcomeUnknownError(f"{self.location} closed the connection")
        return answer


@dataclass
class LostRequest(LostReply):
    """Does not apply one write, and does not say so."""

    def intercept(self, verb: Verb, key: str, call: Callable[[], T]) -> T:
        """Lose the first write below the prefix."""
        if verb in {"create", "replace"} and key.startswith(self.prefix) and not self.lost:
            self.calls.append(f"{verb} {key}")
            self.lost = True
            raise OutcomeUnknownError(f"{self.location} closed the connection")
        return super().intercept(verb, key, call)


@dataclass
class Repeating(Wrapped):
    """Sends every creation twice, as an HTTP client does whose first attempt was applied and not answered."""

    def create(self, key: str, data: bytes) -> bool:
        """See `Store.create`: false may mean that an earlier attempt of this very call made the object."""
        super().create(key, data)
        return super().create(key, data)


@dataclass
class Down(Wrapped):
    """Does not answer.

    Attributes:
        prefix: Of the keys that it does not answer for.
        down: Whether it is down now.
    """

    prefix: str = ""
    down: bool = True

    def intercept(self, verb: Verb, key: str, call: Callable[[], T]) -> T:
        """Refuse while it is down."""
        if self.down and key.startswith(self.prefix):
            self.calls.append(f"{verb} {key}")
            raise StoreUnavailableError(f"{self.location} does not answer")
        return super().intercept(verb, key, call)


@dataclass
class Slow(Wrapped):
    """Answers late.

    Attributes:
        prefix: Of the keys that it is slow for.
        seconds: How long each of their calls takes more.
        pause: Waits so long.
    """

    prefix: str = ""
    seconds: float = 0.1
    pause: Callable[[float], None] = time.sleep

    def intercept(self, verb: Verb, key: str, call: Callable[[], T]) -> T:
        """Wait, then pass on."""
        if key.startswith(self.prefix):
            self.pause(self.seconds)
        return super().intercept(verb, key, call)


@dataclass
class Quota(Wrapped):
    """Is full after some bytes.

    Attributes:
        room: Bytes that may still be written.
    """

    room: int = 0

    def create(self, key: str, data: bytes) -> bool:
        """See `Store.create`. What exists needs no room."""
        self._take(key, len(data))
        return super().create(key, data)

    def replace(self, key: str, data: bytes, expected: Revision) -> Revision | None:
        """See `Store.replace`. The new state is written before the old one goes, as stores do."""
        self._take(key, len(data))
        return super().replace(key, data, expected)

    def _take(self, key: str, size: int) -> None:
        if size > self.room:
            self.calls.append(f"refused {key}")
            raise StoreUnavailableError(f"No space left for {key} in {self.location}")
        self.room -= size
