"""How long a writer may take from the first look at the store to the move of an environment.

Garbage collection waits for a day between marking an object and removing it. A writer that saw the object before
it was marked, and was then put to sleep for longer than that, would name what is gone: so it gives up before.
"""

import time
from dataclasses import dataclass, field
from typing import Final

from airside.base.errors import RefusedError

WRITER_SECONDS: Final = 6 * 3600.0
"""From the beginning of a command until it must have moved the environment."""

_CLOCK: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""A clock that nobody sets, and that goes on while a laptop sleeps. On macOS the monotonic one does that."""


def uptime() -> float:
    """Return the seconds since this machine was started, sleep included."""
    return time.clock_gettime(_CLOCK)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The time by which a piece of work must be done.

    Attributes:
        seconds: How long it may take.
        began: When it began, as `uptime` tells.
    """

    seconds: float = WRITER_SECONDS
    began: float = field(default_factory=uptime)

    @property
    def elapsed(self) -> float:
        """Seconds since it began."""
        return uptime() - self.began

    def require(self, what: str) -> None:
        """Return while there is time.

        Raises:
            RefusedError: There is none; the message says that `what` was given up.
        """
        if (elapsed := self.elapsed) > self.seconds:
            raise RefusedError(
                f"{what} was given up: the command began {elapsed / 3600:.1f} hours ago, and garbage collection may "
                "have removed since what it found in the store then",
                hint="Nothing was changed. Run the command again.",
            )
