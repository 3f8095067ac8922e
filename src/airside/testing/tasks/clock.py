"""Time in a test: nobody waits.

A task that sleeps between two looks, is rescheduled, or waits for a trigger, goes on at once, as if that time had
passed: its time-outs count it, and the clock moves by it where that can be (with `time-machine`).
"""

import time
from datetime import UTC, datetime, timedelta
from importlib import import_module
from types import ModuleType
from typing import Any, Final

from airflow.sdk.exceptions import AirflowFailException

from airside.base.errors import UsageError

time_machine: Any
try:
    time_machine = import_module("time_machine")
except ImportError:
    time_machine = None

_PATIENCE: Final = 100
"""Waits of one attempt; from then on each one takes twice as long as the one before, to come to an end."""

_LONGEST: Final = timedelta(days=3650).total_seconds()


class Clock:
    """The clock of one run.

    Attributes:
        elapsed: Seconds that the attempt which runs has not waited.
        hidden: As many of them as `datetime.now()` does not show.
    """

    def __init__(self, at: datetime | None) -> None:
        if at is not None and time_machine is None:
            raise UsageError(
                "The clock of this test cannot be set: the package time-machine is not installed",
                hint="Add time-machine to the requirements, or airside[test].",
            )
        self._at = at.astimezone(UTC) if at is not None else None
        self._travel: Any = None
        self._moved: Any = None
        self._waits = 0
        self.elapsed = 0.0
        self.hidden = 0.0

    def freeze(self) -> None:
        """Set the clock of this process, when the test gives one; nothing sets it back."""
        if self._at is not None and self._travel is None:
            self._travel = time_machine.travel(self._at, tick=False)
            self._moved = self._travel.start()

    def begin(self) -> None:
        """Start an attempt: what the last one has waited is over."""
        if self._at is not None:
            if self.elapsed:
                self._moved.move_to(self._at)
        elif self._travel is not None:
            self._travel.stop()
            self._travel = self._moved = None
        self._waits = 0
        self.elapsed = self.hidden = 0.0

    def wait(self, seconds: float) -> None:
        """Let this time pass.

        Raises:
            AirflowFailException: What is waited for never comes.
        """
        self._waits += 1
        seconds = max(0.0, seconds) * 2 ** max(0, self._waits - _PATIENCE)
        if self.elapsed + seconds > _LONGEST or self._waits > 10 * _PATIENCE:
            raise AirflowFailException("Nobody would wait so long: ten years, or a thousand times")
        self.pass_by(seconds)

    def pass_by(self, seconds: float) -> None:
        """Note that this time has passed."""
        self.elapsed += seconds
        self._show(seconds)

    def _show(self, seconds: float) -> None:
        if self._moved is not None:
            self._moved.shift(seconds)
        elif time_machine is None:
            self.hidden += seconds
        else:
            self._travel = time_machine.travel(datetime.now(UTC) + timedelta(seconds=seconds), tick=True)
            self._moved = self._travel.start()


class TimeModule(ModuleType):
    """Stands where modules of Airflow have `time`."""

    def __init__(self, clock: Clock) -> None:
        super().__init__("time")
        self._clock = clock

    def sleep(self, seconds: float) -> None:
        """Do not wait."""
        self._clock.wait(seconds)

    def monotonic(self) -> float:
        """Return the seconds of a clock that has waited."""
        return time.monotonic() + self._clock.elapsed

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)
