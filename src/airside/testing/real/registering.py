"""A workflow and its run, in the database."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from airflow.dag_processing.collection import update_dag_parsing_results_in_db
from airflow.models.asset import AssetEvent, AssetModel
from airflow.models.dagbundle import DagBundleModel
from airflow.models.dagrun import DagRun
from airflow.models.serialized_dag import SerializedDagModel
from airflow.models.taskinstance import TaskInstance
from airflow.sdk import Asset
from airflow.serialization.definitions.dag import _create_orm_dagrun
from airflow.serialization.serialized_objects import LazyDeserializedDAG
from airflow.timetables.base import DataInterval
from airflow.utils.session import create_session
from airflow.utils.types import DagRunTriggeredByType, DagRunType
from sqlalchemy import or_, select

from airside.testing.engine.facts import RunFacts
from airside.testing.given import Given
from airside.testing.outcome import TaskKey

_BUNDLE: Final = "test"
_MOMENT: Final = timedelta(microseconds=1)
"""Between one event and the next: what came at the same time is in any order."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A run, as the scheduler has it.

    Attributes:
        dag: Of the SDK.
        known: What the scheduler knows of it: it has been serialized.
        facts: The run.
    """

    dag: Any
    known: Any
    facts: RunFacts

    def run(self, session: Any) -> Any:
        """Return the row of the run."""
        found = session.scalars(select(DagRun).where(DagRun.run_id == self.facts.run_id)).one()
        found.dag = self.known
        return found

    def instances(self, session: Any) -> list[Any]:
        """Return the rows of all its task instances."""
        return list(session.scalars(select(TaskInstance).where(TaskInstance.run_id == self.facts.run_id)))

    def instance(self, session: Any, key: TaskKey) -> Any:
        """Return the row of one of them."""
        chosen = (TaskInstance.task_id == str.__str__(key.task_id), TaskInstance.map_index == key.map_index)
        return session.scalars(select(TaskInstance).where(TaskInstance.run_id == self.facts.run_id, *chosen)).one()

    def states(self) -> Mapping[TaskKey, str | None]:
        """Return the state of each task instance; None: not started."""
        with create_session() as session:
            return {TaskKey(ti.task_id, ti.map_index): ti.state and str(ti.state) for ti in self.instances(session)}


def register(dag: Any, facts: RunFacts, given: Given) -> Registered:
    """Write a workflow into the database as the dag processor does, and a run of it as the API server does.

    Its params are looked at by its tasks, as in the other tier; Airflow would refuse a run with bad ones.
    """
    lazy = LazyDeserializedDAG.from_dag(dag)
    with create_session() as session:
        session.add(DagBundleModel(name=_BUNDLE))
        session.flush()
        update_dag_parsing_results_in_db(_BUNDLE, None, [lazy], {}, None, set(), session=session)
    with create_session() as session:
        known: Any = SerializedDagModel.get_dag(dag.dag_id, session=session)
        if given.only:
            known = known.partial_subset([*given.only, *given.xcoms], include_upstream=False)
        run = _create_orm_dagrun(dag=known, session=session, **_said(facts))
        run.consumed_asset_events = [
            AssetEvent(asset_id=_asset(session, name), extra=dict(extra), timestamp=facts.started + number * _MOMENT)
            for number, (name, extra) in enumerate(_events(given))
        ]
    return Registered(dag, known, facts)


def _events(given: Given) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, extras in given.asset_events.items():
        for extra in extras or ({},):
            yield name, extra


def _said(facts: RunFacts) -> dict[str, Any]:
    return {
        "run_id": facts.run_id,
        "logical_date": facts.logical_date,
        "data_interval": DataInterval(*facts.interval) if facts.interval is not None else None,
        "run_after": facts.run_after,
        "start_date": facts.started,
        "conf": dict(facts.conf),
        "state": "running",
        "run_type": DagRunType(facts.run_type),
        "creating_job_id": None,
        "backfill_id": None,
        "triggered_by": DagRunTriggeredByType.TEST,
    }


def _asset(session: Any, name_or_uri: str) -> int:
    """Return the id of an asset, which may be of another workflow."""
    uri = str(Asset(name_or_uri).uri)
    of_it = or_(AssetModel.name == name_or_uri, AssetModel.uri == uri)
    found = session.scalars(select(AssetModel).where(of_it)).first()
    if found is None:
        found = AssetModel(name=name_or_uri, uri=uri, group="asset")
        session.add(found)
        session.flush()
    return int(found.id)
