"""The XComs of a run, in the database."""

from typing import Any

from airflow.models.taskmap import TaskMap
from airflow.models.xcom import XComModel
from airflow.sdk.definitions.mappedoperator import is_mappable_value
from airflow.utils.session import create_session
from sqlalchemy import delete, select

from airside.testing.engine.facts import RunFacts
from airside.testing.engine.lengths import RETURN_VALUE
from airside.testing.outcome import NOT_MAPPED, TaskKey
from airside.testing.tasks.outputs import StoredOutputs


class RowsOfXComs:
    """What the Execution API has stored."""

    def __init__(self, run: RunFacts) -> None:
        self._run = run

    def of(self, key: TaskKey) -> dict[str, Any]:
        """Return what a task instance has pushed, serialized, by XCom key, in the order of pushing."""
        with create_session() as session:
            rows = session.execute(
                select(XComModel.key, XComModel.value).where(*self._chosen(key)).order_by(XComModel.timestamp)
            )
            return {row.key: row.value for row in rows}

    def forget(self, key: TaskKey) -> None:
        """Remove what a task instance has pushed."""
        with create_session() as session:
            session.execute(delete(XComModel).where(*self._chosen(key)))

    def _chosen(self, key: TaskKey) -> tuple[Any, ...]:
        return (
            XComModel.dag_id == self._run.dag_id,
            XComModel.run_id == self._run.run_id,
            XComModel.task_id == str.__str__(key.task_id),
            XComModel.map_index == key.map_index,
        )


class RowsOfOutputs(StoredOutputs):
    """`Outputs` in the database: the length of what other tasks are expanded over is stored, too."""

    def __init__(self, run: RunFacts) -> None:
        super().__init__(RowsOfXComs(run), run)
        self._of_run = run

    def push(self, key: TaskKey, name: str, value: Any) -> None:
        """Store one as the task runner would: what cannot be serialized is refused."""
        super().push(key, name, value)
        if name == RETURN_VALUE and key.map_index == NOT_MAPPED and is_mappable_value(value):
            with create_session() as session:
                place = {"dag_id": self._of_run.dag_id, "run_id": self._of_run.run_id, "task_id": key.task_id}
                keys = list(value) if isinstance(value, dict) else None
                session.merge(TaskMap(map_index=NOT_MAPPED, length=len(value), keys=keys, **place))
