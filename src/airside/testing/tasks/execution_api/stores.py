"""The state that tasks and assets keep from one run to the next: in a test, from one task to the next."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from airflow.sdk.exceptions import ErrorType
from airflow.sdk.execution_time.comms import (
    AssetStateStoreResult,
    ClearAssetStateStoreByName,
    ClearAssetStateStoreByUri,
    ClearTaskStateStore,
    DeleteAssetStateStoreByName,
    DeleteAssetStateStoreByUri,
    DeleteTaskStateStore,
    ErrorResponse,
    GetAssetStateStoreByName,
    GetAssetStateStoreByUri,
    GetTaskStateStore,
    OKResponse,
    SetAssetStateStoreByName,
    SetAssetStateStoreByUri,
    SetTaskStateStore,
    TaskStateStoreResult,
)

from airside.testing.outcome import TaskKey
from airside.testing.tasks.execution_api.comms import Answer

_Owner = TaskKey | str
"""A task instance, or the name of an asset."""


class Stores:
    """Both kinds of store; a value is JSON, as in Airflow's database."""

    def __init__(self, key_of: Callable[[UUID], TaskKey], name_of: Callable[[str], str]) -> None:
        self._key_of = key_of
        self._name_of = name_of
        self._values: dict[_Owner, dict[str, str]] = {}

    def answers(self) -> Mapping[type, Answer]:
        """Return what is answered, by message."""
        tasks = {
            GetTaskStateStore: lambda msg: self._get(msg, TaskStateStoreResult, ErrorType.TASK_STORE_NOT_FOUND),
            SetTaskStateStore: self._set,
            DeleteTaskStateStore: self._delete,
            ClearTaskStateStore: self._clear,
        }
        assets: dict[type, Answer] = {}
        for get in (GetAssetStateStoreByName, GetAssetStateStoreByUri):
            assets[get] = lambda msg: self._get(msg, AssetStateStoreResult, ErrorType.ASSET_STORE_NOT_FOUND)
        assets.update(dict.fromkeys((SetAssetStateStoreByName, SetAssetStateStoreByUri), self._set))
        assets.update(dict.fromkeys((DeleteAssetStateStoreByName, DeleteAssetStateStoreByUri), self._delete))
        assets.update(dict.fromkeys((ClearAssetStateStoreByName, ClearAssetStateStoreByUri), self._clear))
        return {**tasks, **assets}

    def clear_task(self, key: TaskKey) -> None:
        """Forget what a task instance keeps, as Airflow does after its success (`[state_store] clear_on_success`)."""
        self._values.pop(key, None)

    def _owner(self, msg: Any) -> _Owner:
        if (ti_id := getattr(msg, "ti_id", None)) is not None:
            return self._key_of(ti_id)
        name = getattr(msg, "name", None)
        return str(name) if name is not None else self._name_of(msg.uri)

    def _get(self, msg: Any, result: Any, missing: Any) -> Any:
        text = self._values.get(self._owner(msg), {}).get(msg.key)
        if text is None:
            return ErrorResponse(error=missing, detail={"key": msg.key})
        return result(value=json.loads(text))

    def _set(self, msg: Any) -> Any:
        self._values.setdefault(self._owner(msg), {})[msg.key] = json.dumps(msg.value)
        return OKResponse(ok=True)

    def _delete(self, msg: Any) -> Any:
        self._values.get(self._owner(msg), {}).pop(msg.key, None)
        return OKResponse(ok=True)

    def _clear(self, msg: Any) -> Any:
        self._values.pop(self._owner(msg), None)
        return OKResponse(ok=True)
