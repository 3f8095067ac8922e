"""At most so many messages a minute on a channel; the rest becomes one digest.

Pure: what waits, what was sent and the time in; what to send now, and what waits on, out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from airside.alerts.incident import Notice, State

WINDOW: Final = 60.0
"""Seconds."""

LIMIT: Final = 3
"""Messages of one channel in a window, a digest among them."""


@dataclass(frozen=True, slots=True)
class Digest:
    """Many notices in one message; to a pager it is an incident of its own.

    Attributes:
        notices: In the order in which they came; at least one.
        key: The same for all digests of a channel.
        state: `BROKEN` while anything that only digests told of is open, then `RECOVERED`; `NEWS` of neither.
        resolves: Keys that are well now and had a message of their own when they broke.
    """

    notices: tuple[Notice, ...]
    key: str
    state: State
    resolves: tuple[str, ...] = ()


Message = Notice | Digest


@dataclass(frozen=True, slots=True)
class Turn:
    """What a channel does now.

    Attributes:
        groups: What becomes a message each, in this order.
        waiting: What the digest at the end of the window will hold.
    """

    groups: tuple[tuple[Notice, ...], ...]
    waiting: tuple[Notice, ...]


def room(sent: Sequence[float], now: float) -> int:
    """Return how many messages may be sent.

    Args:
        sent: When the last messages were sent, seconds since 1970.
        now: The same, now.
    """
    return LIMIT - sum(1 for at in sent if now - WINDOW <= at)


def turn(waiting: Sequence[Notice], new: Sequence[Notice], sent: Sequence[float], now: float) -> Turn:
    """Return what is sent now.

    Args:
        waiting: What waits for a digest.
        new: What there is to say since.
        sent: When the last messages were sent, seconds since 1970.
        now: The same, now.
    """
    left, pending = room(sent, now), (*waiting, *new)
    if waiting:
        # Once the window of the first messages is over, what waited is told together.
        return Turn((pending,), ()) if left == LIMIT else Turn((), pending)
    alone = len(pending) if len(pending) < left or len(pending) == left == 1 else max(left - 1, 0)
    return Turn(tuple((notice,) for notice in pending[:alone]), pending[alone:])
