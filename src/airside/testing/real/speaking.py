"""What tasks ask: the Execution API on the database, and for other workflows what the test gives."""

from datetime import timedelta
from typing import Any, get_args
from uuid import UUID

import psutil
import structlog
from airflow.sdk.api.client import ServerResponseError
from airflow.sdk.exceptions import AirflowRuntimeError, ErrorType
from airflow.sdk.execution_time.comms import ErrorResponse, GetTaskRescheduleStartDate, ToSupervisor, TriggerDagRun
from airflow.sdk.execution_time.supervisor import (
    InProcessSupervisorComms,
    InProcessTestSupervisor,
    set_supervisor_comms,
)

from airside.testing.real.registering import Registered
from airside.testing.tasks.execution_api.runs import Runs
from airside.testing.tasks.settling import Settled

log = structlog.get_logger(__name__)


class _Supervisor(InProcessTestSupervisor):
    """Airflow's own, but errors come back as they do from a process of its own."""

    def send_msg(self, msg: Any, request_id: int, error: Any = None, **_: Any) -> None:  # noqa: ARG002 - its signature
        self.comms.messages.append((msg, error))


class Supervision:
    """Answers tasks, one after the other.

    Attributes:
        client: Of the Execution API.
    """

    def __init__(self, settled: Settled, registered: Registered, others: Runs) -> None:
        self._settled = settled
        self._own = registered.facts.dag_id
        self._others = dict(others.answers())
        self._supervisor: Any = None
        self.client: Any = InProcessTestSupervisor._api_client()  # noqa: SLF001 - as `DAG.test` does
        self.begin(UUID(int=0))  # what is pushed before a task runs is of none
        given = settled.comms.knows()
        settled.comms.learn({message: self._answer for message in _messages() if message not in given})

    def close(self) -> None:
        """Let go of the API: its thread ends when nobody has its transport any more."""
        self.client = self._supervisor = None

    def begin(self, ti_id: UUID) -> Any:
        """Supervise this task instance from now on; return its supervisor."""
        process = psutil.Process()
        self._supervisor = _Supervisor(id=ti_id, pid=process.pid, process=process, process_log=log, client=self.client)
        self._supervisor.comms = InProcessSupervisorComms(supervisor=self._supervisor)
        return self._supervisor

    def _answer(self, msg: Any) -> Any:
        is_other = isinstance(msg, TriggerDagRun) or getattr(msg, "dag_id", self._own) != self._own
        return self._others.get(type(msg), self._ask)(msg) if is_other else self._ask(msg)

    def _ask(self, msg: Any) -> Any:
        supervisor = self._supervisor
        # The code of the API runs here too, and must not take itself for a task.
        with set_supervisor_comms(None):
            try:
                supervisor._handle_request(msg, log, 0)  # noqa: SLF001 - as its own comms do
            except ServerResponseError as error:
                raise _refused(error) from error
        answer, failure = supervisor.comms.messages.popleft()
        if failure is not None:
            raise AirflowRuntimeError(failure)
        return self._as_if_waited(answer) if isinstance(msg, GetTaskRescheduleStartDate) else answer

    def _as_if_waited(self, answer: Any) -> Any:
        """Move the start of a task that comes back by the time that has passed without a clock to show it."""
        if answer.start_date is None:
            return answer
        hidden = timedelta(seconds=self._settled.clock.hidden)
        return answer.model_copy(update={"start_date": answer.start_date - hidden})


def _refused(error: Any) -> AirflowRuntimeError:
    """Return what a task gets for a status of 400 or more: `WatchedSubprocess.handle_requests` (Airflow 3.3.2)."""
    detail = {"status_code": error.response.status_code, "message": str(error), "detail": error.response.json()}
    return AirflowRuntimeError(ErrorResponse(error=ErrorType.API_SERVER_ERROR, detail=detail))


def _messages() -> list[type]:
    """Return all messages that tasks may send."""
    union = get_args(ToSupervisor)[0]
    return list(get_args(union))
