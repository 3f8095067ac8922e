"""Tasks that ask a human."""

from collections.abc import Mapping
from typing import Any

from airflow.sdk.api.datamodels._generated import HITLDetailResponse
from airflow.sdk.execution_time.comms import (
    CreateHITLDetailPayload,
    GetHITLDetailResponse,
    HITLDetailRequestResult,
    UpdateHITLDetail,
)

from airside.testing.tasks.execution_api.comms import Answer, refused


class Humans:
    """What was asked, and what was said."""

    def __init__(self) -> None:
        self.asked: dict[Any, Any] = {}
        self._said: dict[Any, Any] = {}

    def answers(self) -> Mapping[type, Answer]:
        """Return what is answered, by message."""
        return {
            CreateHITLDetailPayload: self._ask,
            UpdateHITLDetail: self._say,
            GetHITLDetailResponse: self._hear,
        }

    def _ask(self, msg: Any) -> Any:
        self.asked[msg.ti_id] = msg
        return HITLDetailRequestResult(**msg.model_dump(exclude={"type"}))

    def _say(self, msg: Any) -> Any:
        self._said[msg.ti_id] = msg
        return self._response(msg.ti_id)

    def _hear(self, msg: Any) -> Any:
        if msg.ti_id not in self.asked:
            raise refused(404, "Nothing was asked")
        return self._response(msg.ti_id)

    def _response(self, ti_id: Any) -> Any:
        said = self._said.get(ti_id)
        return HITLDetailResponse(
            response_received=said is not None,
            responded_at=None,
            chosen_options=said.chosen_options if said is not None else None,
            params_input=said.params_input if said is not None else {},
        )
