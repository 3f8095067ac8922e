"""Where a run ends, once nothing in it is left to do.

Like `DagRun.update_state` and `DagRun._tis_for_dagrun_state` (airflow/models/dagrun.py, 3.3.2).
"""

from typing import Any

from airside.testing.engine.graph import Graph
from airside.testing.engine.roster import FAILED, Roster
from airside.testing.outcome import RunState


def state_of(graph: Graph, roster: Roster) -> RunState:
    """Return where a run ended of which all instances have; a failure counts when nothing below could make it good."""
    states = (state for task_id in _leaves(graph) for state in roster.of(task_id).values())
    return "failed" if any(state in FAILED for state in states) else "success"


def _leaves(graph: Graph) -> list[str]:
    tasks = {task_id: node.task for task_id, node in graph.nodes.items()}
    leaves = [
        task_id for task_id, task in tasks.items() if _counts(task) and not any(map(_counts, _below(task, tasks)))
    ]
    # A workflow may be of teardowns only.
    return leaves or [task_id for task_id, task in tasks.items() if not _below(task, tasks)]


def _counts(task: Any) -> bool:
    """Return whether a failure of a task can be one of the run: of a teardown only when its author wants it."""
    if not task.is_teardown:
        return True
    # The scheduler does not learn it of a mapped teardown: its serialization leaves it out (Airflow 3.3.2).
    return bool(task.on_failure_fail_dagrun) and not task.is_mapped


def _below(task: Any, tasks: dict[str, Any]) -> list[Any]:
    return [tasks[task_id] for task_id in task.downstream_task_ids if task_id in tasks]
