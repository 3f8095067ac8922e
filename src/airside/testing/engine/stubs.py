"""Tasks that do not run: their outcome is given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from airflow.sdk.definitions.mappedoperator import is_mappable_value
from airflow.sdk.exceptions import AirflowException, DownstreamTasksSkipped

from airside.base.errors import UsageError
from airside.testing.engine.attempt import Attempt, Outputs
from airside.testing.engine.graph import Graph, Node
from airside.testing.engine.lengths import RETURN_VALUE
from airside.testing.engine.roster import Roster
from airside.testing.outcome import NOT_MAPPED, TaskKey


@dataclass(frozen=True, slots=True)
class Stubs:
    """Given outputs, by task id or `task[2]`; for a task with map indexes the one of its id is a list."""

    given: Mapping[str, Any]
    graph: Graph
    roster: Roster
    outputs: Outputs

    def has(self, key: TaskKey) -> bool:
        """Return whether the outcome of an instance is given."""
        return key.task_id in self.given or str(key) in self.given

    def attempt(self, key: TaskKey) -> Attempt:
        """Let an instance succeed with its output, and let a branch choose by it.

        Raises:
            UsageError: The output does not fit what the workflow does with it.
        """
        node = self.graph.nodes[key.task_id]
        value = self._value(key)
        is_expanded_over = key.map_index == NOT_MAPPED and key.task_id in self.graph.sources
        if is_expanded_over and not is_mappable_value(value):
            message = f"`stub` of `{key.task_id}` is no list or mapping, and other tasks are expanded over it"
            raise UsageError(message, hint="give a list")
        if value is not None:
            self._push(key, node, value)
        return Attempt("success", skips=self._skips(key, node, value))

    def _value(self, key: TaskKey) -> Any:
        if str(key) in self.given:
            return self.given[str(key)]
        value = self.given[key.task_id]
        if key.map_index == NOT_MAPPED:
            return value
        length = len(self.roster.of(key.task_id))
        if not isinstance(value, list | tuple) or len(value) != length:
            message = f"`stub` of `{key.task_id}` is not a list of {length}: in this run it has so many instances"
            raise UsageError(message, hint=f"give one output an instance, or that of one alone as `{key}`")
        return value[key.map_index]

    def _push(self, key: TaskKey, node: Node, value: Any) -> None:
        if getattr(node.task, "multiple_outputs", False) and isinstance(value, Mapping):
            for name, item in value.items():
                self.outputs.push(key, name, item)
        self.outputs.push(key, RETURN_VALUE, value)

    def _skips(self, key: TaskKey, node: Node, value: Any) -> frozenset[TaskKey]:
        """Let Airflow's own mixins say what a branch skips; they tell it to a task instance and by an exception."""
        choose = _chooser(node.task)
        if choose is None:
            return frozenset()
        told = SimpleNamespace(
            task=node.task,
            map_index=key.map_index,
            xcom_push=lambda **pushed: self.outputs.push(key, pushed["key"], pushed["value"]),
        )
        try:
            choose(told, value)
        except DownstreamTasksSkipped as skipped:
            return frozenset(TaskKey(task) if isinstance(task, str) else TaskKey(*task) for task in skipped.tasks)
        except AirflowException as error:
            raise UsageError(f"`stub` of `{key}`: {error}", hint="give ids of tasks directly below it") from error
        return frozenset()


_Chooser = Callable[[Any, Any], object]


def _chooser(task: Any) -> _Chooser | None:
    """Return what makes a branch or a short circuit act on its output; None: the task is neither."""
    if not task.inherits_from_skipmixin:
        return None
    if task.is_mapped:
        raise UsageError(f"`stub` of `{task.task_id}`: a mapped branch cannot be stubbed", hint="let it run")
    if hasattr(task, "do_branch"):
        return lambda told, value: task.do_branch({"ti": told}, value)
    if hasattr(task, "ignore_downstream_trigger_rules"):
        return lambda told, value: None if value else task.skip(told, _below(task))
    return None


def _below(task: Any) -> list[Any]:
    """Return what a short circuit skips (`ShortCircuitOperator.execute`, providers.standard)."""
    below = task.get_flat_relatives() if task.ignore_downstream_trigger_rules is True else task.downstream_list
    return [other for other in below if not other.is_teardown]
