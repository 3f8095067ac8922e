"""What a test gives about tasks, held against the workflow before anything runs."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from airside.base.errors import UsageError
from airside.base.suggestions import suggestion
from airside.testing.engine.attempt import Outputs
from airside.testing.engine.graph import Graph
from airside.testing.engine.lengths import RETURN_VALUE
from airside.testing.engine.roster import Roster
from airside.testing.given import Given
from airside.testing.outcome import NOT_MAPPED, TaskKey


def tasks_to_run(dag: Any, given: Given) -> list[str]:
    """Return the ids of the tasks that the run is of.

    Raises:
        UsageError: The test names a task that the workflow does not have, or the output of one that runs anyway.
    """
    of_instances = (given.stub, given.fail, given.events, given.answers)
    _refuse_unknown(dag, sorted({*given.only, *given.xcoms}.union(*map(_bare, of_instances))))
    chosen = list(given.only) or list(dag.task_ids)
    for task_id in given.xcoms:
        if task_id in chosen:
            message = f"`xcoms` gives the output of `{task_id}`, which runs in this test"
            raise UsageError(message, hint="give `stub` when it shall not run, or leave it out of `only`")
    return chosen


def has_instance(task: Any, logical_date: datetime | None) -> bool:
    """Return whether a run for that date has the task: `DagRun.verify_integrity` (Airflow 3.3.2)."""
    if logical_date is None:
        return True
    has_begun = task.start_date is None or task.start_date <= logical_date
    return has_begun and (task.end_date is None or logical_date <= task.end_date)


def refuse_empty_run(dag: Any, roster: Roster, logical_date: datetime | None) -> None:
    """Refuse a run without a single task of a workflow that has some: all would be well, and nothing would have run.

    Raises:
        UsageError: The workflow does not exist yet on that date, or no more.
    """
    if roster.states() or not dag.task_ids or logical_date is None:
        return
    begins = min((task.start_date for task in dag.tasks if task.start_date), default=None)
    ends = max((task.end_date for task in dag.tasks if task.end_date), default=None)
    span = f"from {begins:%Y-%m-%d} on" if begins and begins > logical_date else f"until {ends:%Y-%m-%d}"
    message = f"a run of `{dag.dag_id}` for {logical_date:%Y-%m-%d} has no tasks: they are there {span}"
    raise UsageError(message, hint="give a `logical_date` within that")


def seed(graph: Graph, roster: Roster, outputs: Outputs, xcoms: Mapping[str, Any]) -> None:
    """Put the outputs of tasks in place that ran before.

    Raises:
        UsageError: A task is to be expanded over an output that is not given, or that of a mapped task is no list.
    """
    for task_id, value in xcoms.items():
        is_mapped = graph.dag.task_dict[task_id].get_needs_expansion()
        if is_mapped and not isinstance(value, list | tuple):
            raise UsageError(f"`xcoms` of `{task_id}`, a mapped task, is no list", hint="give one output an instance")
        values = dict(enumerate(value)) if is_mapped else {NOT_MAPPED: value}
        roster.add(task_id, values, "success")
        for map_index, item in values.items():
            if item is not None:
                outputs.push(TaskKey(task_id, map_index), RETURN_VALUE, item)
    for node in graph.nodes.values():
        for task_id in sorted(node.grown_from - graph.nodes.keys() - xcoms.keys()):
            message = f"`{node.task_id}` is expanded over the output of `{task_id}`, which does not run in this test"
            raise UsageError(message, hint=f'give it: `xcoms={{"{task_id}": […]}}`')


def _bare(names: Iterable[str]) -> set[str]:
    """Return the task ids of names such as `load[2]`."""
    return {name.partition("[")[0] for name in names}


def _refuse_unknown(dag: Any, named: Iterable[str]) -> None:
    for task_id in named:
        if task_id not in dag.task_dict:
            message = f"the test names the task `{task_id}`, which `{dag.dag_id}` does not have"
            raise UsageError(
                message + suggestion(task_id, dag.task_ids), hint=f"It has {', '.join(sorted(dag.task_ids))}."
            )
