"""Which releases of an environment stay: how far back a rollback goes, and how far back runs can be cleared."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from airside.base.digest import Digest
from airside.base.errors import RefusedError
from airside.base.names import readable
from airside.delivery.lineage import earlier
from airside.release.pointer import Pointer


@dataclass(frozen=True, slots=True)
class Retention:
    """How much of the history of each environment stays whole; what either rule keeps, stays.

    Attributes:
        days: Every release that was served at any moment of so many last days.
        generations: Every release of so many last generations.
    """

    days: int = 90
    generations: int = 50


@dataclass(frozen=True, slots=True)
class Served:
    """A generation of an environment.

    Attributes:
        pointer: What it served, and by which move.
        written: When its history entry was written, by the clock of the store: not before the move.
    """

    pointer: Pointer
    written: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """A release that stays.

    Attributes:
        release: Its id.
        tree: What it holds.
        because: Why, for people.
    """

    release: str
    tree: Digest
    because: str


def retained(entries: Sequence[Served], retention: Retention, *, now: datetime) -> Iterator[Kept]:
    """Yield the releases of one environment that stay; one may come more than once.

    Clocks of writers have no say: ages are those that the store tells, and generations order.

    Args:
        entries: Every generation, from 1 on.
        retention: How much stays.
        now: The time of the store.
    """
    newest = len(entries)
    horizon = now - timedelta(days=retention.days)
    for index in range(newest - 1, -1, -1):
        pointer = entries[index].pointer
        ended = now if index == newest - 1 else entries[index + 1].written
        if index == newest - 1:
            yield _kept(pointer, "served now")
            yield from _fallback(pointer, entries)
        elif newest - index <= retention.generations:
            yield _kept(pointer, f"among the last {retention.generations} generations")
        elif ended > horizon:
            yield _kept(pointer, f"served within {retention.days} days")


def _fallback(pointer: Pointer, entries: Sequence[Served]) -> Iterator[Kept]:
    """Yield what a rollback without an argument would serve."""
    try:
        yield _kept(earlier(pointer, lambda generation: entries[generation - 1].pointer), "what a rollback would serve")
    except RefusedError:  # there is none
        return


def _kept(pointer: Pointer, because: str) -> Kept:
    return Kept(pointer.release, pointer.tree, f"{because} ({readable(pointer.environment)})")
