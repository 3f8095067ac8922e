"""What tasks have pushed, as a task below gets it."""

from collections.abc import Mapping
from typing import Any, Protocol

from airflow.sdk.execution_time.comms import XComResult
from airflow.sdk.execution_time.xcom import XCom

from airside.testing.engine.facts import RunFacts
from airside.testing.outcome import TaskKey


class XComStore(Protocol):
    """Keeps what tasks have pushed, serialized."""

    def of(self, key: TaskKey) -> Mapping[str, Any]:
        """Return what a task instance has pushed, by XCom key."""

    def forget(self, key: TaskKey) -> None:
        """Remove it."""


class StoredOutputs:
    """`Outputs` over the store; a backend for XComs of the deployment does its part."""

    def __init__(self, xcoms: XComStore, run: RunFacts) -> None:
        self._xcoms = xcoms
        self._run = run

    def of(self, key: TaskKey) -> dict[str, Any]:
        """Return all that a task instance pushed, by XCom key, deserialized.

        What cannot be (its class is not in `allowed_deserialization_classes`) stays as it is stored.
        """
        return {name: _deserialized(name, value) for name, value in self._xcoms.of(key).items()}

    def push(self, key: TaskKey, name: str, value: Any) -> None:
        """Store one as the task runner would: what cannot be serialized is refused."""
        XCom.set(
            key=name,
            value=value,
            dag_id=self._run.dag_id,
            task_id=key.task_id,
            run_id=self._run.run_id,
            map_index=key.map_index,
        )

    def clear(self, key: TaskKey) -> None:
        """Forget what an earlier try has pushed."""
        self._xcoms.forget(key)


def _deserialized(name: str, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    try:
        return XCom.deserialize_value(XComResult.model_construct(key=name, value=value))
    except (ImportError, TypeError, ValueError, AttributeError):
        return value
