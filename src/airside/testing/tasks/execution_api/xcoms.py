"""The XComs of the run, as Airflow's database has them: JSON, by task instance and key."""

import json
from collections.abc import Mapping
from typing import Any

import structlog
from airflow.sdk.exceptions import ErrorType
from airflow.sdk.execution_time.comms import (
    DeleteXCom,
    ErrorResponse,
    GetXCom,
    GetXComCount,
    GetXComSequenceItem,
    GetXComSequenceSlice,
    SetXCom,
    XComCountResponse,
    XComResult,
    XComSequenceIndexResult,
    XComSequenceSliceResult,
)

from airside.testing.engine.facts import RunFacts
from airside.testing.outcome import NOT_MAPPED, TaskKey
from airside.testing.tasks.execution_api.comms import Answer

log = structlog.get_logger(__name__)


class XComs:
    """All of one run; of other runs and workflows there are those that its tasks have pushed there."""

    def __init__(self, run: RunFacts, absent: frozenset[str]) -> None:
        """Begin without any; `absent` tasks do not run, and the test gives nothing for them."""
        self._own = (run.dag_id, run.run_id)
        self._absent = absent
        self._stored: dict[tuple[str, str, str], dict[int, dict[str, str]]] = {}

    def answers(self) -> Mapping[type, Answer]:
        """Return what is answered, by message."""
        return {
            SetXCom: self._set,
            DeleteXCom: self._delete,
            GetXCom: self._get,
            GetXComCount: lambda msg: XComCountResponse(len=len(self._texts(msg))),
            GetXComSequenceItem: self._item,
            GetXComSequenceSlice: self._slice,
        }

    def of(self, key: TaskKey) -> dict[str, Any]:
        """Return what a task instance of the run has pushed, serialized, by XCom key."""
        texts = self._stored.get((*self._own, key.task_id), {}).get(key.map_index, {})
        return {name: json.loads(text) for name, text in texts.items()}

    def forget(self, key: TaskKey) -> None:
        """Remove what a task instance of the run has pushed."""
        self._stored.get((*self._own, key.task_id), {}).pop(key.map_index, None)

    def _set(self, msg: Any) -> None:
        instances = self._stored.setdefault((msg.dag_id, msg.run_id, msg.task_id), {})
        # httpx refuses what is no JSON (`allow_nan=False` since 0.28), and so the task fails in Airflow too.
        text = json.dumps(msg.value, ensure_ascii=False, allow_nan=False)
        instances.setdefault(_index(msg.map_index), {})[msg.key] = text

    def _delete(self, msg: Any) -> None:
        instances = self._stored.get((msg.dag_id, msg.run_id, msg.task_id), {})
        instances.get(_index(msg.map_index), {}).pop(msg.key, None)

    def _get(self, msg: Any) -> Any:
        # One that is not there is None (sdk/api/client.py 3.3.2, XComOperations.get).
        instances = self._instances(msg)
        text = instances.get(_index(msg.map_index), {}).get(msg.key)
        return XComResult.model_construct(key=msg.key, value=None if text is None else json.loads(text))

    def _item(self, msg: Any) -> Any:
        texts = self._texts(msg)
        if not -len(texts) <= msg.offset < len(texts):
            detail = msg.model_dump(exclude={"type"})
            return ErrorResponse(error=ErrorType.XCOM_NOT_FOUND, detail=detail)
        return XComSequenceIndexResult.model_construct(root=json.loads(texts[msg.offset]))

    def _slice(self, msg: Any) -> Any:
        texts = self._texts(msg)[msg.start : msg.stop : msg.step]
        return XComSequenceSliceResult.model_construct(root=[json.loads(text) for text in texts])

    def _texts(self, msg: Any) -> list[str]:
        """Return what all instances of a task have pushed with one key, in the order of their map indexes."""
        instances = self._instances(msg)
        return [pushed[msg.key] for _, pushed in sorted(instances.items()) if msg.key in pushed]

    def _instances(self, msg: Any) -> dict[int, dict[str, str]]:
        """Return what the instances of a task have pushed."""
        if (msg.dag_id, msg.run_id) == self._own and msg.task_id in self._absent:
            log.warning("The output of %s is not given. For instance xcoms={%r: …}", msg.task_id, msg.task_id)
        return self._stored.get((msg.dag_id, msg.run_id, msg.task_id), {})


def _index(map_index: int | None) -> int:
    return NOT_MAPPED if map_index is None or map_index < 0 else map_index
