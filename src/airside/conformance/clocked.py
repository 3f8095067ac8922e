"""A store with a clock of its own, which a test sets."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from airside.conformance.faults import Wrapped
from airside.store.port import Listed, Revision

START = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)


@dataclass
class Clocked(Wrapped):
    """Lists objects with the times of its own clock.

    Attributes:
        now: The time of the store; it stands still until `pass_time`.
    """

    now: datetime = START
    _written: dict[str, datetime] = field(default_factory=dict, repr=False)

    def pass_time(self, time: timedelta) -> None:
        """Let `time` go by."""
        self.now += time

    def create(self, key: str, data: bytes) -> bool:
        """See `Store.create`."""
        made = super().create(key, data)
        if made:
            self._written[key] = self.now
        return made

    def replace(self, key: str, data: bytes, expected: Revision) -> Revision | None:
        """See `Store.replace`."""
        revision = super().replace(key, data, expected)
        if revision is not None:
            self._written[key] = self.now
        return revision

    def list(self, prefix: str) -> Iterator[Listed]:
        """See `Store.list`."""
        for listed in super().list(prefix):
            yield replace(listed, modified=self._written.get(listed.key, START))
