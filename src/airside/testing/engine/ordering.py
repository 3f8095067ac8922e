"""In which order what is ready starts."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any, Final

from airflow.task.priority_strategy import PriorityWeightStrategy, validate_and_load_priority_weight_strategy

from airside.testing.engine.graph import Graph, Node
from airside.testing.outcome import TaskKey

_LEAST: Final = -(2**31)
_MOST: Final = 2**31 - 1


def in_order(keys: Iterable[TaskKey], graph: Graph) -> list[TaskKey]:
    """Sort as `SchedulerJobRunner._executable_task_instances_to_queued` (Airflow 3.3.2): weight, then map index.

    What is equal then, a database returns as it likes; here it is in topological order.
    """
    waiting = list(keys)
    if len(waiting) < 2:  # noqa: PLR2004 - nothing to sort, and weights take time
        return waiting
    weights = {task_id: _weight(graph.nodes[task_id]) for task_id in {key.task_id for key in waiting}}
    return sorted(waiting, key=lambda key: (-weights[key.task_id], key.map_index, graph.places[key.task_id]))


def _weight(node: Node) -> int:
    # What a strategy asks a task instance for.
    instance = SimpleNamespace(task=node.task, task_id=node.task_id, dag_id=node.task.dag_id, try_number=0)
    weight: int = _strategy(node.task.weight_rule).get_weight(instance)
    return max(_LEAST, min(_MOST, weight))


def _strategy(rule: Any) -> PriorityWeightStrategy:
    if isinstance(rule, PriorityWeightStrategy):
        return rule
    try:
        return validate_and_load_priority_weight_strategy(rule)
    except ValueError:
        # Of a plugin that is not installed here. Only the order of what starts together depends on it.
        return validate_and_load_priority_weight_strategy(None)
