"""What happens in Airflow: three requests every two seconds, whatever the number of workflows."""

from collections.abc import Callable, Collection, Sequence
from typing import Final

from airside.alerts.event import Event
from airside.alerts.sources.cursor import CursorFile, is_worth_writing, remembered
from airside.alerts.sources.describing import Describer, Known
from airside.alerts.sources.facts import Fact
from airside.alerts.sources.failures import failed_runs, failed_tasks, missed_deadlines
from airside.alerts.sources.imports import File, broken_files, import_facts
from airside.alerts.sources.log_errors import LogErrors
from airside.alerts.sources.port import Airflow
from airside.alerts.sources.recoveries import recovered
from airside.alerts.sources.state import AirflowState, with_failures
from airside.alerts.sources.window import OVERLAP, airflow_time
from airside.base.errors import PlatformError

_SELDOM: Final = 10.0
"""Seconds between two looks at what is no matter of seconds: import errors, deadlines, Airflow's clock."""


class AirflowSource:
    """Asks one Airflow for failures, recoveries, import errors and missed deadlines.

    Args:
        airflow: A user who may read workflows, runs, logs and import errors.
        describer: Knows environments, owners, releases and links.
        cursor: Where it is written how far Airflow was read.
        clock: Returns seconds that never go back.
    """

    def __init__(
        self, airflow: Airflow, describer: Describer, cursor: CursorFile[AirflowState], clock: Callable[[], float]
    ) -> None:
        self._airflow, self._describer, self._cursor, self._clock = airflow, describer, cursor, clock
        self._state: AirflowState = cursor.read()
        self._written = self._state
        self._told = set(self._state.told)
        self._next, self._next_seldom = self._state, float("-inf")
        self._seldom = float("-inf")
        self._errors = LogErrors(airflow, clock)

    def poll(self) -> Sequence[Event]:
        """Return what happened since the last `settle`, the oldest first.

        Raises:
            PlatformError: Airflow does not answer, or not as that of 3.3 does.
        """
        try:
            return self._poll()
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise PlatformError(f"Airflow does not answer as the API of 3.3 does ({type(error).__name__})") from error

    def settle(self) -> None:
        """Write down how far Airflow was read by the last `poll`."""
        if is_worth_writing(self._written, self._next):
            self._cursor.write(self._next)
            self._written = self._next
        if self._next.told is not self._state.told:
            self._told = set(self._next.told)
        self._state, self._seldom = self._next, self._next_seldom

    def _poll(self) -> Sequence[Event]:
        state, now = self._state, self._clock()
        is_seldom = now - self._seldom >= _SELDOM
        time = airflow_time(self._airflow) if is_seldom else None
        since = state.since if state.since is not None else time and time - OVERLAP
        if since is None:  # no part of this Airflow ever ran
            return ()
        ours, is_whole = self._failures(since, is_seldom=is_seldom)
        failing = with_failures(state.failing, (fact for fact, *_ in ours))
        well = list(self._describer.ours(recovered(self._airflow, failing)))
        for fact, *_ in well:
            del failing[fact.workflow]
        broken, changes = self._imports(state.broken, time or since) if is_seldom else (state.broken, [])
        told = [fact.key for fact, *_ in ours]
        self._next = AirflowState(
            since=max(since, time - OVERLAP) if time and is_whole else since,
            told=remembered(state.told, told) if told else state.told,
            failing=failing,
            broken=broken,
        )
        self._next_seldom = now if is_seldom else self._seldom
        happened = sorted([*ours, *well, *changes], key=lambda known: _order(known[0]))
        return [self._describer.event(*known) for known in happened]

    def _failures(self, since: float, *, is_seldom: bool) -> tuple[list[Known], bool]:
        """Return what failed, and whether that is all: what waits for its log is to be found again."""
        # Runs first: whatever made one fail is there when tasks are asked for.
        runs = list(failed_runs(self._airflow, since, self._told.__contains__, thorough=is_seldom))
        tasks = list(failed_tasks(self._airflow, since, self._told.__contains__, thorough=is_seldom))
        late = list(missed_deadlines(self._airflow, since, self._told.__contains__)) if is_seldom else []
        ours = {
            fact.key: (environment, whose) for fact, environment, whose in self._describer.ours([*tasks, *runs, *late])
        }
        facts = sorted((fact for fact in (*tasks, *runs, *late) if fact.key in ours), key=_order)
        ready = list(self._errors.added(facts))
        return [(fact, *ours[fact.key]) for fact in ready], len(ready) == len(facts)

    def _imports(self, known: Collection[File], time: float) -> tuple[tuple[File, ...], list[Known]]:
        found = broken_files(self._airflow, self._describer.environments)
        facts = import_facts(found, known, time)
        return tuple(found), list(self._describer.ours(facts))


def _order(fact: Fact) -> tuple[float, bool]:
    """Sort by time; a run after its tasks, whatever their clocks say to the millisecond."""
    return fact.at, fact.task is None
