"""The time by the clock of the store. That of this machine may be a day off, and gives no right to remove anything."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from airside.base.errors import StoreUnavailableError
from airside.delivery.deadline import Deadline
from airside.release.keys import CLOCK
from airside.store.port import Store


@dataclass(frozen=True, slots=True)
class StoreTime:
    """The time of the store, carried on by a clock of this machine that nobody sets.

    Attributes:
        asked: What the store said.
        since: When.
    """

    asked: datetime
    since: Deadline = field(default_factory=Deadline)

    def now(self) -> datetime:
        """Return the time of the store."""
        return self.asked + timedelta(seconds=self.since.elapsed)


def ask_time(store: Store, nonce: str) -> StoreTime:
    """Return what time it is for the store: when it says that it wrote an object that was written just now.

    Raises:
        StoreUnavailableError: It does not answer, or does not list the object.
    """
    key = f"{CLOCK}{nonce}"
    store.create(key, b"")
    try:
        for found in store.list(CLOCK):
            if found.key == key:
                return StoreTime(found.modified)
    finally:
        store.delete(key)
    raise StoreUnavailableError(
        f"{store.location} does not list an object that was just written",
        hint="Run the command again in a minute: its listings lag behind.",
    )
