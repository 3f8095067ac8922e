"""Schedules scripted workflows by Airflow's `DagRun.update_state` on a database: one a line of standard input."""

import os
import sys
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import msgspec
from airflow.models import import_all_models
from airflow.models.base import Base
from airflow.models.dag import DagModel
from airflow.models.dag_version import DagVersion
from airflow.models.dagbundle import DagBundleModel
from airflow.models.dagrun import DagRun
from airflow.models.taskinstance import TaskInstance
from airflow.models.taskmap import TaskMap
from airflow.models.xcom import XComModel
from airflow.sdk.exceptions import AirflowDagCycleException
from airflow.serialization.serialized_objects import DagSerialization
from airflow.utils.types import DagRunTriggeredByType
from scripted_workflows import DATE, Judgement, TaskSpec, WorkflowSpec, build, effect_of
from sqlalchemy import or_, update

from airflow import settings

if TYPE_CHECKING:
    from airflow.sdk import DAG
    from sqlalchemy.orm import Session

_ENOUGH = 12
"""An end without a start may take a look for each task on the way down."""


class _InOrder(tuple[Any, ...]):
    """Dependencies in the order in which Airflow's source names them.

    There they are in a set, in an order that is another in each process; when two of them end a task, the later wins.
    """

    __slots__ = ()

    def __ror__(self, _others: object) -> "_InOrder":
        return self


_DEPENDENCIES = ["TriggerRuleDep", "NotPreviouslySkippedDep", "MappedTaskUpstreamDep"]


def _place_of(dependency: object) -> int:
    name = type(dependency).__name__
    return _DEPENDENCIES.index(name) if name in _DEPENDENCIES else -1


def _judge(spec: WorkflowSpec, version: UUID, session: "Session") -> Judgement:
    written = build(spec)
    dag: Any = DagSerialization.deserialize_dag(DagSerialization.serialize_dag(written))
    for task in dag.tasks:
        task.deps = _InOrder(sorted(task.deps, key=_place_of))
    places = _places(written)
    scripts = {task.id: task for task in spec.tasks}
    run = _run(dag, version, session)
    order: list[str] = []
    idle = 0
    while run.state == "running" and idle < _ENOUGH:
        session.expire_all()
        run.dag = dag
        ready, _ = run.update_state(session=session, execute_callbacks=False)
        idle = 0 if ready else idle + 1
        for instance in ready:
            instance.state = "running"
            instance.try_number += 1
        for instance in sorted(ready, key=lambda ti: (-ti.priority_weight, ti.map_index, places[ti.task_id])):
            order.append(_name(instance))
            _act(instance, run, scripts[instance.task_id], session)
    instances = {_name(instance): instance.state for instance in run.get_task_instances(session=session)}
    return Judgement(
        state=None if run.state == "running" else str(run.state),
        instances={name: state and str(state) for name, state in instances.items()},
        order=order,
    )


def _run(dag: Any, version: UUID, session: "Session") -> Any:  # noqa: ANN401 - a DagRun
    run = DagRun(
        dag_id=dag.dag_id,
        run_id=f"manual__{uuid4()}",
        logical_date=DATE,
        start_date=DATE,
        run_after=DATE,
        state="running",
        run_type="manual",
        triggered_by=DagRunTriggeredByType.TEST,
    )
    run.created_dag_version_id = version
    run.consumed_asset_events = []
    session.add(run)
    session.flush()
    run.dag = dag
    run.verify_integrity(session=session, dag_version_id=version)
    return run


def _places(dag: "DAG") -> dict[str, int]:
    try:
        tasks = dag.topological_sort()
    except AirflowDagCycleException:  # of groups
        tasks = dag.tasks
    return {task.task_id: place for place, task in enumerate(tasks)}


def _act(instance: Any, run: Any, script: TaskSpec, session: "Session") -> None:  # noqa: ANN401 - rows
    """Do what the Execution API would for an attempt."""
    effect = effect_of(script, instance.task.downstream_task_ids, instance.map_index, instance.try_number)
    instance.state = effect.state
    instance.end_date = DATE
    session.flush()
    place = {name: getattr(instance, name) for name in ("dag_id", "task_id", "run_id", "map_index")}
    for key, value in (("return_value", effect.value), ("skipmixin_key", effect.choice)):
        if value is not None:
            XComModel.set(key=key, value=value, session=session, **place)
    if isinstance(effect.value, list) and instance.map_index < 0:
        session.add(TaskMap(length=len(effect.value), keys=None, **place))
    if effect.skips:
        _skip(effect.skips, run, session)
    session.flush()


def _skip(task_ids: list[str], run: Any, session: "Session") -> None:  # noqa: ANN401 - a row
    has_not_begun = or_(TaskInstance.state.is_(None), TaskInstance.state.not_in(["running", "success", "failed"]))
    chosen = (TaskInstance.run_id == run.run_id, TaskInstance.task_id.in_(task_ids), TaskInstance.map_index == -1)
    session.execute(update(TaskInstance).where(*chosen, has_not_begun).values(state="skipped"))


def _name(instance: Any) -> str:  # noqa: ANN401 - a row
    return instance.task_id if instance.map_index < 0 else f"{instance.task_id}[{instance.map_index}]"


def _version() -> UUID:
    """Make the database, and what a run in it belongs to."""
    import_all_models()
    Base.metadata.create_all(settings.engine)
    session = settings.Session()
    version = DagVersion(dag_id="scripted", version_number=1, bundle_name="bundle")
    for row in (DagBundleModel(name="bundle"), DagModel(dag_id="scripted", bundle_name="bundle"), version):
        session.add(row)
        session.flush()
    identity: UUID = version.id
    session.commit()
    return identity


def _answer_all() -> None:
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what Airflow prints is no answer
    version = _version()
    for line in sys.stdin:
        session = settings.Session()
        answer = _judge(msgspec.json.decode(line, type=WorkflowSpec), version, session)
        session.rollback()
        answers.write(msgspec.json.encode(answer) + b"\n")
        answers.flush()


if __name__ == "__main__":
    _answer_all()
