"""An event loop in which nobody waits: when all that is left to do is to wait, the time has passed."""

import asyncio
import selectors
from collections.abc import Callable
from typing import Any, Final

from airside.testing.tasks.clock import Clock

_WATCH: Final = 0.05
"""Seconds that the loop waits for real at a time, when something may come from outside: a socket, a thread."""

_QUIET: Final = 1.0
"""Seconds after which nothing is taken to come any more from open sockets: most are kept for the next request."""

_OFTEN: Final = 200


class PatientLoop(asyncio.SelectorEventLoop):
    """Timers of this loop fire at once when nothing else can happen; the clock of the run moves by what they took.

    What comes from outside is waited for in real time: the answer of a server for a second, the end of a thread for as
    many seconds as there is patience, for the whole life of the loop.
    """

    def __init__(self, clock: Clock, patience: float) -> None:
        self._clock_of_run = clock
        self._patience = patience
        self._jumped = 0.0
        self._jumps = 0
        self._quiet = 0.0
        self._outside = 0
        super().__init__(_Selector(self))

    def time(self) -> float:
        """Return the time of this loop: the real one, and what was not waited."""
        return super().time() + self._jumped

    def jump(self, seconds: float) -> None:
        """Let time pass: after many times more and more of it, since it is a trigger that never fires."""
        self._jumps += 1
        seconds *= 2 ** min(40.0, max(0, self._jumps - _OFTEN) / 20)
        self._jumped += seconds
        self._clock_of_run.pass_by(seconds)

    def waits(self, seconds: float, files: int) -> float:
        """Return how long to wait for what may come from outside; 0: nothing will.

        Args:
            seconds: Until the next timer.
            files: How many are watched. One always is: with it threads wake the loop up.
        """
        left = self._patience if self._outside else _QUIET - self._quiet if files > 1 else 0.0
        waited = min(seconds, _WATCH, max(0.0, left))
        self._patience -= waited
        self._quiet += waited
        return waited

    def heard(self) -> None:
        """Note that something came from outside."""
        self._quiet = 0.0

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:  # type: ignore[override]
        """Count what threads do for this loop."""
        future = super().run_in_executor(executor, func, *args)
        self._outside += 1
        future.add_done_callback(self._came_back)
        return future

    def _came_back(self, _: Any) -> None:
        self._outside -= 1


class _Selector(selectors.DefaultSelector):
    def __init__(self, loop: PatientLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        seconds = self._loop.waits(timeout, len(self.get_map()))
        found = super().select(seconds)
        if found:
            self._loop.heard()
        elif not seconds:
            self._loop.jump(timeout)
        return found
