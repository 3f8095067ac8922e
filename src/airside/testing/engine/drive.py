"""Driving a run from its first task to its end."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from airside.testing.engine.attempt import Attempt, Attempts, Outputs
from airside.testing.engine.failing import failing
from airside.testing.engine.graph import Graph, Node
from airside.testing.engine.ordering import in_order
from airside.testing.engine.records import Records
from airside.testing.engine.roster import Roster
from airside.testing.engine.scheduler import Scheduler
from airside.testing.engine.stubs import Stubs
from airside.testing.outcome import TaskKey

_UNTOUCHED: Final = frozenset({"scheduled", "running", "success", "failed"})
"""States that nothing else changes."""


@dataclass(frozen=True, slots=True)
class Drive:
    """One run.

    What is ready at the same moment starts at the same moment, as with enough workers: it runs one after the other,
    and none of it is skipped for what another of it did.

    Attributes:
        fail: How tasks fail that do not work here, by task id or `task[2]`.
    """

    graph: Graph
    roster: Roster
    scheduler: Scheduler
    attempts: Attempts
    outputs: Outputs
    stubs: Stubs
    fail: Mapping[str, str]
    records: Records

    def to_the_end(self) -> bool:
        """Run until nothing can start any more; return whether all has ended (otherwise the run is deadlocked)."""
        while True:
            look = self.scheduler.look()
            for key in look.ready:
                self.roster.put(key, "scheduled")
            for key in in_order(look.ready, self.graph):
                self._start(key)
            if not look.ready and not look.has_changed:
                return not self.roster.unfinished()

    def _start(self, key: TaskKey) -> None:
        node = self.graph.nodes[key.task_id]
        self.roster.put(key, "running")
        told = self.fail.get(str(key), self.fail.get(key.task_id))
        number = self.records.start(key, stubbed=told is not None or self.stubs.has(key))
        self.roster.note(key, number, None)
        if number > 1:
            self.outputs.clear(key)
        attempt = self._attempt(key, node, number, told)
        self.records.end(key, attempt)
        self.roster.note(key, number, attempt.seconds)
        self.roster.put(key, attempt.state)
        self._act_on(key, attempt)

    def _attempt(self, key: TaskKey, node: Node, number: int, told: str | None) -> Attempt:
        if told is not None:
            return self.attempts.attempt(key, failing(node.task, told), number)
        if self.stubs.has(key):
            return self.stubs.attempt(key)
        if _ends_by_itself(node.task):
            return Attempt("success")
        return self.attempts.attempt(key, node.task, number)

    def _act_on(self, key: TaskKey, attempt: Attempt) -> None:
        for skipped in attempt.skips:
            self._skip(skipped)
        if attempt.state == "success":
            self.scheduler.lengths.learn(key.task_id)
        if attempt.state == "failed" and self.graph.dag.fail_fast:
            self._stop_the_rest(key)

    def _skip(self, key: TaskKey) -> None:
        """As the Execution API's `ti_skip_downstream` (Airflow 3.3.2): of what has begun, nothing."""
        instances = self.roster.of(key.task_id)
        if key.map_index in instances and instances[key.map_index] not in _UNTOUCHED:
            self.roster.put(key, "skipped")

    def _stop_the_rest(self, failed: TaskKey) -> None:
        """As `_stop_remaining_tasks` (airflow/models/taskinstance.py, 3.3.2)."""
        for key in self.roster.states():
            node = self.graph.nodes.get(key.task_id)
            if node is not None and key.task_id != failed.task_id and not node.task.is_teardown:
                self._skip(key)


def _ends_by_itself(task: Any) -> bool:
    """Return whether the scheduler ends a task without a worker: `TaskInstance.is_task_schedulable` (Airflow 3.3.2)."""
    return bool(
        task.inherits_from_empty_operator
        and not (task.has_on_execute_callback or task.has_on_success_callback or task.outlets or task.inlets)
    )
