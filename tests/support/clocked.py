"""A store with a clock of its own, which a test sets."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock

from airside.conformance.faults import Killed
from airside.store.port import Found, Listed, Revision, Store, Unchanged

START = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)


@dataclass
class Clocked:
    """Lists objects with the times of its own clock. `before` is called with every verb and key, and may raise."""

    inner: Store
    now: datetime = START
    written: dict[str, datetime] = field(default_factory=dict)
    before: Callable[[str, str], None] = lambda _verb, _key: None

    @property
    def location(self) -> str:
        return self.inner.location

    def pass_hours(self, hours: float) -> None:
        self.now += timedelta(hours=hours)

    def read(self, key: str, *, limit: int, unless: Revision | None = None) -> Found | Unchanged | None:
        self.before("read", key)
        return self.inner.read(key, limit=limit, unless=unless)

    def create(self, key: str, data: bytes) -> bool:
        self.before("create", key)
        made = self.inner.create(key, data)
        if made:
            self.written[key] = self.now
        return made

    def replace(self, key: str, data: bytes, expected: Revision) -> Revision | None:
        self.before("replace", key)
        revision = self.inner.replace(key, data, expected)
        if revision is not None:
            self.written[key] = self.now
        return revision

    def list(self, prefix: str) -> Iterator[Listed]:
        self.before("list", prefix)
        for found in self.inner.list(prefix):
            yield Listed(found.key, found.size, self.written.get(found.key, START))

    def delete(self, key: str) -> None:
        self.before("delete", key)
        self.inner.delete(key)
        self.written.pop(key, None)


@dataclass
class Dying:
    """A `before` that kills the process at the call number `at`, and all its threads with it."""

    at: int
    calls: int = 0
    lock: Lock = field(default_factory=Lock)

    def __call__(self, _verb: str, _key: str) -> None:
        with self.lock:
            self.calls += 1
            if self.calls > self.at:
                raise Killed
