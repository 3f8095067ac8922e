"""The errors of failed tasks: few logs are read, however many tasks fail at once."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final

from airside.alerts.sources.errors import error_in_log
from airside.alerts.sources.facts import Fact
from airside.alerts.sources.port import Airflow

MOST_LOGS: Final = 10
"""Read in one poll."""

_SECONDS: Final = 5.0
"""After which no further log is begun in one poll."""

_REMEMBERED: Final = 5000

_Place = tuple[str, str | None, str | None]
"""Workflow, run and task."""


class LogErrors:
    """Adds the first line of its error to each failed task.

    Of a mapped task only the first that failed in a run is looked at: its siblings fail for the same reason.

    Args:
        airflow: Whom to ask.
        clock: Returns seconds that never go back.
    """

    def __init__(self, airflow: Airflow, clock: Callable[[], float]) -> None:
        self._airflow, self._clock = airflow, clock
        self._read: dict[_Place, Fact] = {}
        self._empty: set[str] = set()

    def added(self, facts: Iterable[Fact]) -> Iterator[Fact]:
        """Yield the facts, with errors; without those that had better wait for the next poll.

        A worker says that a task failed before it uploads the log (airflow/sdk/execution_time/supervisor.py 3.3): one
        whose log tells nothing is looked at once more. What else is told of its run waits with it.
        """
        ends, logs = self._clock() + _SECONDS, 0
        late: set[tuple[str, str | None]] = set()
        for fact in facts:
            if (fact.workflow, fact.run) in late:
                continue
            if fact.task is None or fact.attempt == 0 or _place(fact) in self._read:
                yield self._known(fact)
            elif logs >= MOST_LOGS or self._clock() > ends:
                yield fact
            else:
                logs += 1
                found = self._looked_at(fact)
                if found is None:
                    late.add((fact.workflow, fact.run))
                else:
                    yield found

    def _known(self, fact: Fact) -> Fact:
        # The same one is read again where what was told could not be written down.
        known = self._read.get(_place(fact))
        return known if known is not None and known.key == fact.key else fact

    def _looked_at(self, fact: Fact) -> Fact | None:
        error = error_in_log(self._airflow, fact)
        if error is None and fact.key not in self._empty:
            self._empty.add(fact.key)
            return None
        self._empty.discard(fact.key)
        found = self._read[_place(fact)] = replace(fact, error=error)
        if len(self._read) > _REMEMBERED:
            del self._read[next(iter(self._read))]
        return found


def _place(fact: Fact) -> _Place:
    return fact.workflow, fact.run, fact.task
