"""Stores that fail in one chosen way, around a store that works."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from airside.base.errors import StoreUnavailableError
from airside.store.port import Found, Listed, OutcomeUnknownError, Revision, Store, Unchanged

T = TypeVar("T")


class Killed(BaseException):
    """The process was killed; no `except Exception` may see it."""


@dataclass
class Wrapped:
    """Passes every call on through `_call`, and writes it down."""

    inner: Store
    calls: list[str] = field(default_factory=list)

    @property
    def location(self) -> str:
        return self.inner.location

    def read(self, key: str, *, limit: int, unless: Revision | None = None) -> Found | Unchanged | None:
        return self._call("read", key, lambda: self.inner.read(key, limit=limit, unless=unless))

    def create(self, key: str, data: bytes) -> bool:
        return self._call("create", key, lambda: self.inner.create(key, data))

    def replace(self, key: str, data: bytes, expected: Revision) -> Revision | None:
        return self._call("replace", key, lambda: self.inner.replace(key, data, expected))

    def list(self, prefix: str) -> Iterator[Listed]:
        return self._call("list", prefix, lambda: self.inner.list(prefix))

    def delete(self, key: str) -> None:
        self._call("delete", key, lambda: self.inner.delete(key))

    def _call(self, verb: str, key: str, call: Callable[[], T]) -> T:
        self.calls.append(f"{verb} {key}")
        return call()


@dataclass
class Crash(Wrapped):
    """Kills the process at the call number `at`, before or after it reached the store."""

    at: int = 0
    after: bool = False

    def _call(self, verb: str, key: str, call: Callable[[], T]) -> T:
        if len(self.calls) == self.at and not self.after:
            self.calls.append(f"{verb} {key}")
            raise Killed
        answer = super()._call(verb, key, call)
        if len(self.calls) - 1 == self.at and self.after:
            raise Killed
        return answer


@dataclass
class LostReply(Wrapped):
    """Applies the first write to a key that begins with `prefix`, and does not say so."""

    prefix: str = "environments/"
    lost: bool = False

    def _call(self, verb: str, key: str, call: Callable[[], T]) -> T:
        answer = super()._call(verb, key, call)
        if verb in {"create", "replace"} and key.startswith(self.prefix) and not self.lost:
            self.lost = True
            raise OutcomeUnknownError(f"{self.location} closed the connection")
        return answer


@dataclass
class Down(Wrapped):
    """Does not answer calls whose key begins with `prefix`, while `down` is set."""

    prefix: str = ""
    down: bool = True

    def _call(self, verb: str, key: str, call: Callable[[], T]) -> T:
        if self.down and key.startswith(self.prefix):
            self.calls.append(f"{verb} {key}")
            raise StoreUnavailableError(f"{self.location} does not answer")
        return super()._call(verb, key, call)
