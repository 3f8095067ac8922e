"""Whether one task instance may start: the dependencies that Airflow's scheduler looks at.

Those of `DEFAULT_OPERATOR_DEPS` (airflow/serialization/definitions/baseoperator.py, 3.3.2) as they are in the first
run of a workflow: nothing waits for an earlier run, and no retry waits for its time.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from airside.testing.engine.attempt import Outputs
from airside.testing.engine.graph import Graph, Node
from airside.testing.engine.lengths import Lengths, Relevant
from airside.testing.engine.roster import FAILED, FINISHED, Roster
from airside.testing.engine.rules import Counts, Decision, decide
from airside.testing.outcome import NOT_MAPPED, TaskKey

_State = TypeVar("_State")

_SKIPMIXIN_KEY: Final = "skipmixin_key"
"""Where a branch leaves what it chose (`airflow.providers.standard.utils.skipmixin`)."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """What is known of the run while the scheduler looks at it."""

    graph: Graph
    roster: Roster
    lengths: Lengths
    outputs: Outputs

    def of(self, key: TaskKey) -> Decision:
        """Return whether an instance that has not ended may start."""
        node = self.graph.nodes[key.task_id]
        decision = self._by_rule(node, key.map_index)
        if self._is_told_to_skip(node, key.map_index):
            decision = "skipped"
        return self._by_what_it_is_expanded_over(node, decision)

    def _by_rule(self, node: Node, map_index: int) -> Decision:
        # `TriggerRuleDep._get_dep_statuses`: these two do not even wait for setups.
        if not node.upstream or node.rule == "always":
            return "run"
        by_setups = self._by_setups(node, map_index)
        if by_setups not in {"run", "wait"}:
            return by_setups
        decision = decide(node.rule, self._counts(node, map_index, node.upstream), map_index)
        if decision != "run" or by_setups == "wait":
            return "wait" if decision == "run" else decision
        return "run" if self._is_scope_done(node, map_index) else "wait"

    def _by_setups(self, node: Node, map_index: int) -> Decision:
        """As `_evaluate_setup_constraint`, which does not wait for all setups when one went wrong."""
        if not node.setups:
            return "run"
        counts = self._counts(node, map_index, node.setups)
        settled = decide("all_success", counts, map_index)
        if settled not in {"run", "wait"}:
            return settled
        removed = counts.removed if map_index != NOT_MAPPED else 0
        return "run" if counts.success + removed >= counts.expected else "wait"

    def _is_scope_done(self, node: Node, map_index: int) -> bool:
        counts = self._counts(node, map_index, node.scope)
        return counts.is_complete

    def _is_told_to_skip(self, node: Node, map_index: int) -> bool:
        """As `NotPreviouslySkippedDep`: only what a mapped task decided depends on the map index."""
        for task_id in node.deciders:
            index = map_index if self.graph.nodes[task_id].is_mapped else NOT_MAPPED
            if not self.roster.finished.get(task_id):
                continue
            choice = self.outputs.of(TaskKey(task_id, index)).get(_SKIPMIXIN_KEY)
            if choice is None:
                continue
            if "followed" in choice:
                if node.task_id not in choice["followed"]:
                    return True
            elif node.task_id in choice.get("skipped", ()):
                return True
        return False

    def _by_what_it_is_expanded_over(self, node: Node, decision: Decision) -> Decision:
        """As `MappedTaskUpstreamDep`: looks at what is not expanded only, and at states as they are now."""
        states = {self.roster.of(task_id).get(NOT_MAPPED) for task_id in node.fed_by} & FINISHED
        if states <= {"success"}:
            return decision
        if decision == "upstream_failed" or states & FAILED:
            return "upstream_failed"
        if "skipped" in states:
            return "skipped"
        return "wait" if decision == "run" else decision

    def _counts(self, node: Node, map_index: int, above: Collection[str]) -> Counts:
        # Airflow counts instances only when something above is expanded; a task without any (its start date is later)
        # is waited for otherwise.
        by_instance = any(self.graph.nodes[task_id].needs_expansion for task_id in above)
        counted: Counter[str] = Counter()
        for task_id in above:
            relevant = self._relevant(node, map_index, task_id)
            expected = len(_pick(self.roster.of(task_id), relevant)) if by_instance else 1
            ended = _pick(self.roster.finished.get(task_id, {}), relevant)
            counted.update(ended, expected=expected)
            if self.graph.nodes[task_id].task.is_setup:
                counted.update(f"{state}_setup" for state in ended if state in {"success", "skipped"})
                counted["expected_setup"] += expected
        return Counts(**{"expected": 0, **counted})

    def _relevant(self, node: Node, map_index: int, task_id: str) -> Relevant:
        """As `_get_relevant_upstream_map_indexes` and `_is_relevant_upstream`."""
        if not node.groups:
            return None
        if map_index == NOT_MAPPED and node.is_fast and task_id not in node.grown_from:
            # Before its group is expanded, half of what is above may not be enough for it to be skipped.
            return None
        return self.lengths.relevant(node, map_index, self.graph.nodes[task_id])


def _pick(instances: Mapping[int, _State], relevant: Relevant) -> list[_State]:
    """Return the states of what an instance depends on; what is not expanded yet always counts."""
    if relevant is None:
        return list(instances.values())
    indexes = relevant if isinstance(relevant, range) else (relevant,)
    return [instances[index] for index in {NOT_MAPPED, *indexes} if index in instances]
