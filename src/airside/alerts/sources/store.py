"""What moved an environment: its history in the store, read from where it was read last."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Final

import msgspec

from airside.alerts.event import Event, Kind
from airside.alerts.sources.cursor import CursorFile
from airside.alerts.sources.releases import commit_of
from airside.base import clock as base_clock
from airside.base.errors import RefusedError
from airside.delivery.environments import read_current, read_history, read_record
from airside.release.pointer import Pointer
from airside.store.port import Store

_SELDOM: Final = 10.0
"""Seconds between two looks: one small read an environment."""

_KINDS: Final[Mapping[str, Kind]] = {
    "deploy": Kind.DEPLOYED,
    "promote": Kind.PROMOTED,
    "rollback": Kind.ROLLED_BACK,
}
"""Whoever pins or unpins changes nothing of what is served."""


class StoreState(msgspec.Struct, frozen=True):
    """How far the histories were read.

    Attributes:
        generations: For each environment, the last move that was told or happened before anybody watched.
    """

    generations: Mapping[str, int] = {}


class StoreSource:
    """Follows the histories of environments.

    Args:
        stores: For each environment that is watched, its store.
        cursor: Where it is written how far they were read.
        clock: Returns seconds that never go back.
    """

    def __init__(self, stores: Mapping[str, Store], cursor: CursorFile[StoreState], clock: Callable[[], float]) -> None:
        self._stores, self._cursor, self._clock = stores, cursor, clock
        self._generations = dict(cursor.read().generations)
        self._next = self._generations
        self._looked, self._looking = float("-inf"), float("-inf")

    def poll(self) -> Sequence[Event]:
        """Return the moves since the last `settle`, the oldest first. What was before the first look is no news.

        Raises:
            StoreUnavailableError: The store does not answer.
            IntegrityError: It holds what is not a pointer or not a history.
        """
        self._looking = now = self._clock()
        if now - self._looked < _SELDOM:
            self._next, self._looking = self._generations, self._looked
            return ()
        self._next = dict(self._generations)
        return [event for environment, store in self._stores.items() for event in self._moves(environment, store)]

    def settle(self) -> None:
        """Write down how far the histories were read by the last `poll`."""
        self._generations, self._looked = self._next, self._looking
        self._cursor.write(StoreState(self._generations))

    def _moves(self, environment: str, store: Store) -> Iterator[Event]:
        current = read_current(store, environment)
        newest = current.pointer.generation if current else 0
        known = self._next.get(environment)
        self._next[environment] = newest
        if known is None or newest <= known:
            return
        entries = takewhile(lambda entry: entry.pointer.generation > known, read_history(store, environment))
        for entry in reversed(list(entries)):
            if (kind := _KINDS.get(entry.pointer.action)) is not None:
                yield _event(store, entry.pointer, kind)


def _event(store: Store, pointer: Pointer, kind: Kind) -> Event:
    return Event(
        kind=kind,
        environment=pointer.environment,
        at=base_clock.from_text(pointer.at).timestamp(),
        release=pointer.release,
        commit=_commit(store, pointer.release),
        detail=f"by {pointer.actor}" + (f": {pointer.reason}" if pointer.reason else ""),
    )


def _commit(store: Store, release: str) -> str | None:
    try:
        return commit_of(read_record(store, release).source)
    except RefusedError:  # garbage collection removed it since; that it was moved is told all the same
        return None
