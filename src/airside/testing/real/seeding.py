"""Tasks that ran before the run does: their rows and outputs."""

from collections.abc import Mapping
from typing import Any

from airflow.models.taskinstance import TaskInstance
from airflow.utils.session import create_session

from airside.base.errors import UsageError
from airside.testing.engine.attempt import Outputs
from airside.testing.engine.lengths import RETURN_VALUE
from airside.testing.outcome import NOT_MAPPED, TaskKey
from airside.testing.real.registering import Registered


def seed(registered: Registered, outputs: Outputs, xcoms: Mapping[str, Any]) -> None:
    """Put the outputs of tasks in place.

    Raises:
        UsageError: That of a mapped task is no list.
    """
    for task_id, value in xcoms.items():
        is_mapped = registered.dag.task_dict[task_id].get_needs_expansion()
        if is_mapped and not isinstance(value, list | tuple):
            raise UsageError(f"`xcoms` of `{task_id}`, a mapped task, is no list", hint="give one output an instance")
        values = dict(enumerate(value)) if is_mapped else {NOT_MAPPED: value}
        _add(registered, task_id, list(values))
        for map_index, item in values.items():
            if item is not None:
                outputs.push(TaskKey(task_id, map_index), RETURN_VALUE, item)


def _add(registered: Registered, task_id: str, map_indexes: list[int]) -> None:
    task = registered.known.get_task(task_id)
    with create_session() as session:
        version = registered.run(session).created_dag_version_id
        there = {ti.map_index: ti for ti in registered.instances(session) if ti.task_id == task_id}
        for map_index in there.keys() - set(map_indexes):
            session.delete(there[map_index])
        session.flush()
        for map_index in map_indexes:
            made = there.get(map_index)
            if made is None:
                run_id = registered.facts.run_id
                made = TaskInstance(task, run_id=run_id, map_index=map_index, dag_version_id=version)
                session.add(made)
            made.state = "success"
