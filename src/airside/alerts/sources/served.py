"""Whether environments are served: what is wrong for a while is told, not what is wrong for a moment."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from airside.alerts.event import Event, Kind
from airside.alerts.sources.cursor import CursorFile

_SELDOM: Final = 30.0
"""Seconds between two looks: each asks for all workflows of an environment."""

PATIENCE: Final = 90.0
"""Seconds for which an environment may be behind: a deploy, a restart of Airflow."""

Fault = Callable[[str], str | None]
"""Returns why an environment is not served; None where it is."""


class ServedState(msgspec.Struct, frozen=True):
    """What is known to be wrong.

    Attributes:
        told: For each environment that is not served and of which that was told, since when, in seconds since 1970.
    """

    told: Mapping[str, float] = {}


class ServedSource:
    """Looks whether environments are served.

    Args:
        environments: Which ones.
        fault: Says why one is not.
        cursor: Where it is written what was told.
        now: Returns seconds since 1970.
    """

    def __init__(
        self, environments: Sequence[str], fault: Fault, cursor: CursorFile[ServedState], now: Callable[[], float]
    ) -> None:
        self._environments, self._fault, self._cursor, self._now = environments, fault, cursor, now
        self._told = dict(cursor.read().told)
        self._since: dict[str, float] = {}
        self._next, self._looked = self._told, float("-inf")

    def poll(self) -> Sequence[Event]:
        """Return which environments are not served for 90 seconds, and which are again."""
        now = self._now()
        self._next = dict(self._told)
        # A clock that was set back must not stop the looks.
        if 0 <= now - self._looked < _SELDOM:
            return ()
        self._looked = now
        return [event for name in self._environments if (event := self._look(name, now))]

    def settle(self) -> None:
        """Write down what the last `poll` told."""
        self._told = self._next
        self._cursor.write(ServedState(self._told))

    def _look(self, environment: str, now: float) -> Event | None:
        fault = self._fault(environment)
        if fault is None:
            self._since.pop(environment, None)
            began = self._next.pop(environment, None)
            return Event(Kind.SERVED_AGAIN, environment, now) if began is not None else None
        began = self._since.setdefault(environment, now)
        if environment in self._next or now - began < PATIENCE:
            return None
        self._next[environment] = began
        return Event(Kind.NOT_SERVED, environment, began, error=fault)
