"""What the instances of a run did, gathered while they do it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, cast

from airside.testing.engine.attempt import Attempt, Outputs
from airside.testing.engine.graph import Graph
from airside.testing.engine.lengths import RETURN_VALUE
from airside.testing.engine.roster import FINISHED, Roster
from airside.testing.outcome import Failure, State, TaskKey, TaskOutcome


@dataclass(slots=True)
class Record:
    """One instance that started.

    Attributes:
        ended: Seconds after the run's start.
    """

    order: int
    started: float
    tries: int = 0
    duration: float = 0.0
    ended: float = 0.0
    rendered: dict[str, Any] = field(default_factory=dict)
    error: Failure | None = None
    log: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()
    stubbed: bool = False


class Records:
    """The instances that started, in order."""

    def __init__(self, clock: Callable[[], float] = perf_counter) -> None:
        self._clock = clock
        self._origin = clock()
        self._records: dict[TaskKey, Record] = {}

    def start(self, key: TaskKey, *, stubbed: bool = False) -> int:
        """Note that an attempt starts; return its number, from 1."""
        record = self._records.setdefault(key, Record(len(self._records), self._now()))
        record.tries += 1
        record.stubbed = stubbed
        return record.tries

    def end(self, key: TaskKey, attempt: Attempt) -> None:
        """Note what it did."""
        record = self._records[key]
        record.duration += attempt.seconds
        record.ended = self._now()
        record.rendered = attempt.rendered
        record.error = attempt.error
        record.log += attempt.log
        record.tells += attempt.tells

    def last(self, roster: Roster, state: str) -> TaskKey | None:
        """Return which of those in a state ended last."""
        ended = [key for key in self._records if roster.of(key.task_id).get(key.map_index) == state]
        return max(ended, key=lambda key: self._records[key].ended, default=None)

    def duration(self) -> float:
        """Return the seconds from the first start to the last end."""
        return max((record.ended for record in self._records.values()), default=0.0)

    def outcomes(self, graph: Graph, roster: Roster, outputs: Outputs) -> tuple[TaskOutcome, ...]:
        """Return what all instances did, in the order of the workflow."""
        instances = [key for key in roster.states() if key.task_id in graph.nodes]
        return tuple(
            self._outcome(key, graph, roster, outputs)
            for key in sorted(instances, key=lambda key: (graph.places[key.task_id], key.map_index))
        )

    def _outcome(self, key: TaskKey, graph: Graph, roster: Roster, outputs: Outputs) -> TaskOutcome:
        record = self._records.get(key)
        xcoms = outputs.of(key) if record else {}
        return TaskOutcome(
            key=TaskKey(plain(key.task_id), key.map_index),
            state=_terminal(roster.of(key.task_id)[key.map_index]),
            operator=str(graph.nodes[key.task_id].task.task_type),
            output=xcoms.get(RETURN_VALUE),
            xcoms=xcoms,
            **_told(record),
        )

    def _now(self) -> float:
        return self._clock() - self._origin


def plain(task_id: str) -> str:
    """Return an id that any process can read: the text of one that is a member of an enum."""
    return str.__str__(task_id)


def _terminal(state: str | None) -> State | None:
    return cast("State", state) if state in FINISHED else None


def _told(record: Record | None) -> dict[str, Any]:
    if record is None:
        return {}
    names = ("tries", "order", "started", "duration", "rendered", "error", "log", "tells", "stubbed")
    return {name: getattr(record, name) for name in names}
