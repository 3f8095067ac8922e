"""What the task runner speaks to instead of a socket: every request is answered at once, in this process."""

from collections.abc import Callable, Mapping
from typing import Any

from airside.base.errors import PlatformError

Answer = Callable[[Any], Any]
"""Takes a message of `airflow.sdk.execution_time.comms.ToSupervisor`, and returns one of `ToTask` or None."""


class UnansweredError(PlatformError):
    """A task asked for something that is not answered in tests."""


class Comms:
    """Airflow's `CommsDecoder` (sdk/execution_time/comms.py 3.3.2) for a supervisor in the same process."""

    def __init__(self) -> None:
        self._answers: dict[type, Answer] = {}
        self.socket = None

    def learn(self, answers: Mapping[type, Answer]) -> None:
        """Answer these messages from now on."""
        self._answers.update(answers)

    def knows(self) -> frozenset[type]:
        """Return the messages that are answered."""
        return frozenset(self._answers)

    def send(self, msg: Any) -> Any:
        """Return the answer to a message.

        Raises:
            UnansweredError: There is none: silence would be taken for an answer.
        """
        answer = self._answers.get(type(msg))
        if answer is None:
            raise UnansweredError(
                f"A task asked Airflow for {type(msg).__name__}, which functional tests do not answer",
                hint="Give the task's outcome instead: stub, or run this test with tier real.",
            )
        return answer(msg)

    async def asend(self, msg: Any) -> Any:
        """Return the answer to a message, for code that awaits it."""
        return self.send(msg)


def refused(status: int, message: str) -> Exception:
    """Return what the task runner raises when the API answers with a status of 400 or more."""
    from airflow.sdk.exceptions import AirflowRuntimeError, ErrorType  # noqa: PLC0415
    from airflow.sdk.execution_time.comms import ErrorResponse  # noqa: PLC0415

    detail = {"status_code": status, "message": message}
    error: Exception = AirflowRuntimeError(ErrorResponse(error=ErrorType.API_SERVER_ERROR, detail=detail))
    return error
