"""Variables and connections that a file asks for while it is read: recorded, and always answered.

The environment (`AIRFLOW_VAR_…`, `AIRFLOW_CONN_…`) answers first, then the default that the file gives, then a
placeholder: one missing variable must not hide all else that the file has to say.
"""

import sys
from collections.abc import Iterator
from types import FrameType, ModuleType
from typing import TYPE_CHECKING, Any, Final, Self

from airflow.sdk.definitions.connection import Connection
from airflow.sdk.definitions.variable import Variable
from airflow.sdk.exceptions import AirflowRuntimeError, ErrorType
from airflow.sdk.execution_time import comms, context
from airflow.secrets.environment_variables import EnvironmentVariablesBackend

if TYPE_CHECKING:
    from airside.inspection.facts import Answer
    from airside.inspection.recording import Recorder

_TASK_RUNNER: Final = "airflow.sdk.execution_time.task_runner"


class Placeholder(str):
    """Stands for a value that nobody knows here.

    It is the text ``0``: a number, JSON, and a part of an id. As a mapping it has every key, each with a placeholder.
    """

    __slots__ = ()

    def __new__(cls) -> Self:
        """Make one; all are equal."""
        return super().__new__(cls, "0")

    def __getitem__(self, key: object) -> "Placeholder":
        return Placeholder()

    def __iter__(self) -> Iterator["Placeholder"]:
        return iter((Placeholder(),))

    def get(self, _key: object, _default: object = None) -> "Placeholder":
        """Return what a mapping has under the key."""
        return Placeholder()

    def keys(self) -> tuple["Placeholder", ...]:
        """Return the keys of a mapping."""
        return (Placeholder(),)

    values = keys

    def items(self) -> tuple[tuple["Placeholder", "Placeholder"], ...]:
        """Return the items of a mapping."""
        return ((Placeholder(), Placeholder()),)


class _Supervisor:
    """What answers in place of Airflow's supervisor; see airflow/dag_processing/processor.py 3.3.2, `ToManager`."""

    def send(self, message: object) -> object:
        """Answer a message as a supervisor whose database is empty."""
        if isinstance(message, comms.GetVariableKeys):
            return comms.VariableKeysResult(keys=[], total_entries=0)
        if isinstance(message, (comms.PutVariable, comms.DeleteVariable)):
            return comms.OKResponse(ok=True)
        if isinstance(message, comms.MaskSecret):
            return None
        return comms.ErrorResponse(error=ErrorType.GENERIC_ERROR, detail={"message": "there is no database here"})

    async def asend(self, message: object) -> object:
        """Answer as `send`."""
        return self.send(message)


class _LazyTaskRunner(ModuleType):
    """Stands for Airflow's `task_runner`, which takes 70 ms to import, until something of it is asked for.

    `airflow.models.Variable` and `airflow.models.Connection` ask the supervisor, and not a database, when there is a
    `SUPERVISOR_COMMS` in it.
    """

    SUPERVISOR_COMMS = _Supervisor()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as a module
        if name.startswith("__"):
            raise AttributeError(name)
        sys.modules.pop(_TASK_RUNNER, None)
        __import__(_TASK_RUNNER)
        real = sys.modules[_TASK_RUNNER]
        real.SUPERVISOR_COMMS = self.SUPERVISOR_COMMS  # type: ignore[attr-defined]
        return getattr(real, name)


def prepare() -> None:
    """Do once, in the parent of all, what `answer_for` needs."""
    real = sys.modules.get(_TASK_RUNNER)
    if real is None:
        sys.modules[_TASK_RUNNER] = _LazyTaskRunner(_TASK_RUNNER)
    else:
        real.SUPERVISOR_COMMS = _Supervisor()  # type: ignore[attr-defined]


def answer_for(recorder: "Recorder") -> None:
    """Answer every look-up of this process, and record it."""
    environment = EnvironmentVariablesBackend()
    # Else it makes those of the database, and imports all of Airflow's tables for it.
    environment._set_connection_class(Connection)  # noqa: SLF001 - as Airflow's own `initialize_secrets_backends`

    def variable(key: str, deserialize_json: bool) -> Any:  # noqa: ANN401, FBT001 - Airflow's signature
        raw = environment.get_variable(key)
        # Airflow's own code around this call turns the error into the default, or lets it through.
        answer: Answer = "environment" if raw is not None else "default" if _has_default() else "placeholder"
        recorder.looked_up("variable", key, answer)
        if raw is not None:
            return context._mask_and_deserialize_variable(raw, key, deserialize_json)  # noqa: SLF001 - what it wraps
        if answer == "placeholder":
            return Placeholder()
        raise AirflowRuntimeError(comms.ErrorResponse(error=ErrorType.VARIABLE_NOT_FOUND, detail={"key": key}))

    def connection(conn_id: str) -> Connection:
        found = environment.get_connection(conn_id)
        recorder.looked_up("connection", conn_id, "environment" if found else "placeholder")
        return found or Connection(conn_id=conn_id, conn_type="generic", host="placeholder.invalid")

    async def async_connection(conn_id: str) -> Connection:
        return connection(conn_id)

    context._get_variable = variable  # noqa: SLF001 - `Variable.get` imports it by this name when it is called
    context._get_connection = connection  # noqa: SLF001 - as above
    context._async_get_connection = async_connection  # noqa: SLF001 - as above


def _has_default() -> bool:
    """Return whether the call of `Variable.get` further out has a default."""
    frame: FrameType | None = sys._getframe(2)  # noqa: SLF001 - the `inspect` way reads source files
    if frame is None or frame.f_code is not Variable.get.__func__.__code__:
        return False
    return type(frame.f_locals["default"]).__name__ != "ArgNotSet"
