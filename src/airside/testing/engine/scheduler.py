"""The scheduler's look at a run: what may start now, what ends without starting, what is expanded.

Like `DagRun.task_instance_scheduling_decisions` and `DagRun._get_ready_tis` (airflow/models/dagrun.py, 3.3.2).
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

from airside.testing.engine.attempt import Outputs
from airside.testing.engine.graph import Graph, Node
from airside.testing.engine.lengths import Lengths
from airside.testing.engine.readiness import Readiness
from airside.testing.engine.roster import Roster
from airside.testing.outcome import NOT_MAPPED, TaskKey

_SCHEDULABLE: Final = frozenset({None, "up_for_retry"})


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found.

    Attributes:
        ready: What starts now, all at once.
        has_changed: Whether something ended without starting, or was expanded.
    """

    ready: tuple[TaskKey, ...]
    has_changed: bool


class Scheduler:
    """Looks at a run again and again."""

    def __init__(self, graph: Graph, roster: Roster, outputs: Outputs) -> None:
        self._graph = graph
        self._roster = roster
        self._outputs = outputs
        self.lengths = Lengths(graph, roster, outputs)

    def enroll(self, node: Node) -> None:
        """Make the instances that a run begins with: one, or all when what it is expanded over is in the DAG file."""
        length = self.lengths.of_task(node) if node.needs_expansion else None
        self._roster.add(node.task_id, range(length) if length else (NOT_MAPPED,))

    def look(self) -> Look:
        """Look once: settle and expand what can be, and say what may start."""
        readiness = Readiness(self._graph, self._roster, self.lengths, self._outputs)
        waiting = deque(self._to_look_at())
        ready: list[TaskKey] = []
        has_changed = False
        while waiting:
            key = waiting.popleft()
            decision = readiness.of(key)
            if decision == "wait":
                continue
            if decision == "run" and not self._is_to_expand(key):
                ready.append(key)
                continue
            has_changed = True
            if decision == "run":
                waiting.extend(self._expand(key))
            else:
                self._roster.put(key, decision)
        return Look(tuple(ready), has_changed)

    def _to_look_at(self) -> list[TaskKey]:
        """Return what may have become ready since the last look: what waited then for what is as it was, waits on."""
        watchers = self._graph.watchers
        task_ids = set().union(*(watchers.get(task_id, ()) for task_id in self._roster.begin_look()))
        # `DagRun.fetch_task_instances` (Airflow 3.3.2) orders by task id and map index.
        return [
            TaskKey(task_id, index)
            for task_id in sorted(task_ids)
            for index, state in sorted(self._roster.of(task_id).items())
            if state in _SCHEDULABLE
        ]

    def _is_to_expand(self, key: TaskKey) -> bool:
        return key.map_index == NOT_MAPPED and self._graph.nodes[key.task_id].needs_expansion

    def _expand(self, key: TaskKey) -> list[TaskKey]:
        """As `TaskMap.expand_mapped_task`: over nothing it is skipped, over what never came it fails."""
        length = self.lengths.of_task(self._graph.nodes[key.task_id])
        if not length:
            self._roster.put(key, "upstream_failed" if length is None else "skipped")
            return []
        self._roster.expand(key.task_id, length)
        return [TaskKey(key.task_id, index) for index in range(length)]
