"""At most so many messages a minute on a channel; the rest becomes one digest.

Pure: what waits, what was sent and the time in; what to send now, and what waits on, out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from airside.alerts.incident import Notice

WINDOW: Final = 60.0
"""Seconds."""

LIMIT: Final = 3
"""Messages of one channel in a window, a digest among them."""


@dataclass(frozen=True, slots=True)
class Digest:
    """Many notices in one message.

    Attributes:
        notices: In the order in which they came; at least two.
    """

    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """What a channel does now.

    Attributes:
        messages: To be sent, in this order.
        waiting: What the digest at the end of the window will hold.
    """

    messages: tuple[Notice | Digest, ...]
    waiting: tuple[Notice, ...]


def turn(waiting: Sequence[Notice], new: Sequence[Notice], sent: Sequence[float], now: float) -> Turn:
    """Return what is sent now.

    Args:
        waiting: What waits for a digest.
        new: What there is to say since.
        sent: When the last messages were sent, seconds since 1970.
        now: The same, now.
    """
    left = LIMIT - sum(1 for at in sent if now - WINDOW < at <= now)
    pending = (*waiting, *new)
    if left <= 0:
        return Turn((), pending)
    if waiting:
        # The window of the first messages is over, or nearly: what waited is told together.
        is_over = left == LIMIT
        return Turn((_together(pending),), ()) if is_over else Turn((), pending)
    if len(pending) <= left - 1 or (len(pending) == 1 and left >= 1):
        return Turn(pending, ())
    alone = max(left - 1, 0)
    return Turn(pending[:alone], pending[alone:])


def _together(notices: tuple[Notice, ...]) -> Notice | Digest:
    return notices[0] if len(notices) == 1 else Digest(notices)
