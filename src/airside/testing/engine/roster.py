"""The task instances of a run and where each of them is."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from airside.testing.outcome import NOT_MAPPED, TaskKey

FINISHED: Final = frozenset({"success", "failed", "skipped", "upstream_failed", "removed"})
FAILED: Final = frozenset({"failed", "upstream_failed"})


class Roster:
    """States by task id and map index; an instance that has not started has the state None.

    Attributes:
        finished: Those that had ended when the scheduler last began to look; what changes while it looks counts then.
    """

    def __init__(self) -> None:
        self.finished: dict[str, dict[int, str]] = {}
        self._states: dict[str, dict[int, str | None]] = {}
        self._touched: set[str] = set()
        self._efforts: dict[TaskKey, tuple[int, float | None]] = {}

    def add(self, task_id: str, map_indexes: Iterable[int], state: str | None = None) -> None:
        """Add instances of a task; those that are there stay as they are."""
        self._touched.add(task_id)
        instances = self._states.setdefault(task_id, {})
        for map_index in map_indexes:
            instances.setdefault(map_index, state)

    def expand(self, task_id: str, length: int) -> None:
        """Put instances 0 to `length` - 1 in the place of the one that was not expanded."""
        state = self._states[task_id].pop(NOT_MAPPED)
        self.add(task_id, range(length), state)

    def put(self, key: TaskKey, state: str) -> None:
        """Say where an instance is."""
        self._touched.add(key.task_id)
        self._states[key.task_id][key.map_index] = state

    def begin_look(self) -> set[str]:
        """Bring `finished` up to date; return the tasks of which an instance is new or changed since the last look."""
        touched, self._touched = self._touched, set()
        for task_id in touched:
            instances = self._states[task_id].items()
            self.finished[task_id] = {index: state for index, state in instances if state and state in FINISHED}
        return touched

    def of(self, task_id: str) -> Mapping[int, str | None]:
        """Return the states of a task's instances, by map index; empty: the run has none."""
        return self._states.get(task_id, {})

    def states(self) -> Mapping[TaskKey, str | None]:
        """Return the states of all, in the order in which Airflow's scheduler looks at them."""
        return {key: self._states[key.task_id][key.map_index] for key in self._keys()}

    def note(self, key: TaskKey, tries: int, seconds: float | None) -> None:
        """Note that an instance was started for the n-th time, and how long that took; None: it still runs."""
        self._efforts[key] = tries, seconds

    def effort(self, key: TaskKey) -> tuple[int, float | None]:
        """Return what was noted of an instance; what never started took no time, as Airflow writes it."""
        return self._efforts.get(key, (0, 0.0))

    def unfinished(self) -> list[TaskKey]:
        """Return those that have not ended, in that order."""
        return [key for key, state in self.states().items() if state not in FINISHED]

    def _keys(self) -> Iterator[TaskKey]:
        # `DagRun.fetch_task_instances` (Airflow 3.3.2) orders by task id and map index.
        for task_id in sorted(self._states):
            for map_index in sorted(self._states[task_id]):
                yield TaskKey(task_id, map_index)
