"""Where connections and variables come from in a test: from the test, and from nowhere else.

Airflow looks them up in a list of backends, which it keeps for the process once there is one
(sdk/configuration.py 3.3.2, `ensure_secrets_loaded`); this module puts the only one there.
"""

import json
import os
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any, Final

from airflow.sdk import Connection
from airflow.sdk import configuration as sdk_configuration
from airflow.sdk.exceptions import ErrorType
from airflow.sdk.execution_time.cache import SecretCache
from airflow.sdk.execution_time.comms import (
    ConnectionResult,
    DeleteVariable,
    ErrorResponse,
    GetConnection,
    GetVariable,
    GetVariableKeys,
    MaskSecret,
    OKResponse,
    PutVariable,
    VariableKeysResult,
    VariableResult,
)
from airflow.sdk.execution_time.secrets import (
    _SERVER_DEFAULT_SECRETS_SEARCH_PATH,
    DEFAULT_SECRETS_SEARCH_PATH_WORKERS,
    ExecutionAPISecretsBackend,
)

from airside.testing.given import Given
from airside.testing.tasks import connections
from airside.testing.tasks.execution_api.comms import Answer
from airside.testing.tasks.needs import Needs

CONNECTION: Final = "AIRFLOW_CONN_"
VARIABLE: Final = "AIRFLOW_VAR_"

_FALLBACK = ["airflow.secrets.environment_variables.EnvironmentVariablesBackend"]
"""The third list that Airflow looks in (sdk/execution_time/supervisor.py 3.3.2, `ensure_secrets_backend_loaded`)."""


class GivenSecrets(ExecutionAPISecretsBackend):
    """The only backend for secrets; it derives from the one of workers, which may set variables beside it."""

    def __init__(self, given: Given, needs: Needs) -> None:
        self._connections = connections.read(given.connections)
        variables: Mapping[str, Any] = given.variables  # whoever writes 10 means the text
        self._variables = {
            key: value if isinstance(value, str) else json.dumps(value) for key, value in variables.items()
        }
        self._needs = needs
        # What is in the environment now is of the shell; what comes later, of the test or of the workflow itself.
        forget(os.environ)  # noqa: TID251 - a process of its own, in which a workflow runs

    def install(self) -> None:
        """Have Airflow look here, and nowhere else, in this process."""
        for path in (DEFAULT_SECRETS_SEARCH_PATH_WORKERS, _SERVER_DEFAULT_SECRETS_SEARCH_PATH, _FALLBACK):
            sdk_configuration._secrets_backend_cache[tuple(path)] = [self]  # noqa: SLF001 - no other way in
        SecretCache.reset()

    def answers(self) -> Mapping[type, Answer]:
        """Return what is answered to those who ask by message: code in a virtual environment of its own."""
        return {
            GetConnection: self._answer_connection,
            GetVariable: self._answer_variable,
            GetVariableKeys: self._answer_keys,
            PutVariable: self._put,
            DeleteVariable: self._remove,
            MaskSecret: lambda _: None,  # done by who sends it: it is in this process
        }

    def get_connection(self, conn_id: str, team_name: str | None = None) -> Any:
        """Return a connection; None where the test gives none."""
        del team_name
        found = self._connection(conn_id)
        self._needs.record("connection", conn_id, is_given=found is not None)
        return found

    async def aget_connection(self, conn_id: str) -> Any:
        """Return a connection, for code that awaits it."""
        return self.get_connection(conn_id)

    def get_variable(self, key: str, team_name: str | None = None) -> str | None:
        """Return a variable; None where the test gives none."""
        del team_name
        found = self._variable(key)
        self._needs.record("variable", key, is_given=found is not None)
        return found

    async def aget_variable(self, key: str) -> str | None:
        """Return a variable, for code that awaits it."""
        return self.get_variable(key)

    def _connection(self, conn_id: str) -> Any:
        if text := os.environ.get(CONNECTION + conn_id.upper()):  # noqa: TID251 - as above
            return Connection.from_json(text, conn_id) if text.startswith("{") else Connection.from_uri(text, conn_id)
        fields = self._connections.get(conn_id)
        return fields.connection() if fields is not None else None

    def _variable(self, key: str) -> str | None:
        if (text := os.environ.get(VARIABLE + key.upper())) is not None:  # noqa: TID251 - as above
            return text
        return self._variables.get(key)

    def _answer_connection(self, msg: Any) -> Any:
        found = self.get_connection(msg.conn_id)
        if found is None:
            return ErrorResponse(error=ErrorType.CONNECTION_NOT_FOUND, detail={"conn_id": msg.conn_id})
        names = ("conn_type", "host", "schema", "login", "password", "port", "extra")
        return ConnectionResult(conn_id=msg.conn_id, **{name: getattr(found, name) for name in names})

    def _answer_variable(self, msg: Any) -> Any:
        found = self.get_variable(msg.key)
        if found is None:
            return ErrorResponse(error=ErrorType.VARIABLE_NOT_FOUND, detail={"key": msg.key})
        return VariableResult(key=msg.key, value=found)

    def _answer_keys(self, msg: Any) -> Any:
        keys = sorted(key for key in self._variables if key.startswith(msg.prefix or ""))
        return VariableKeysResult(keys=keys[msg.offset : msg.offset + msg.limit], total_entries=len(keys))

    def _put(self, msg: Any) -> None:
        self._variables[msg.key] = msg.value

    def _remove(self, msg: Any) -> Any:
        self._variables.pop(msg.key, None)
        return OKResponse(ok=True)


def forget(environment: MutableMapping[str, str]) -> None:
    """Remove the connections and variables of the surrounding shell."""
    for name in list(_leaks(environment)):
        del environment[name]


def _leaks(environment: Mapping[str, str]) -> Iterator[str]:
    return (name for name in environment if name.startswith((CONNECTION, VARIABLE)))
