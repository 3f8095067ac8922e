"""What the tests of one process share: servers, started when the first test needs them."""

import os
from typing import Protocol, Self, TypeVar, cast


class Shared(Protocol):
    """A server, or a pool of them."""

    @classmethod
    def start(cls) -> Self:
        """Start it.

        Raises:
            PlatformError: It does not start.
        """

    def close(self) -> None:
        """End it."""


T = TypeVar("T", bound=Shared)


class Servers:
    """The servers of one process: each starts at its first use and ends with `close`.

    To make one costs nothing. A forked child that closes it closes nothing: the servers are its parent's.
    """

    def __init__(self) -> None:
        self._owner = os.getpid()
        self._running: dict[type[Shared], Shared] = {}

    def shared(self, kind: type[T]) -> T:
        """Return the server of this kind; start it if this is the first test that needs it.

        Raises:
            PlatformError: It does not start.
        """
        if kind not in self._running:
            self._running[kind] = kind.start()
        return cast("T", self._running[kind])

    def close(self) -> None:
        """End all of them, the last one first."""
        if os.getpid() != self._owner:
            return
        while self._running:
            _, server = self._running.popitem()
            server.close()
