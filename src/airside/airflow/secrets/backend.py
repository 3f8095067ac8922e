"""`SecretsBackend`: Airflow's connections and variables are those of the encrypted documents.

What Airflow 3.3.2 does to a backend, and what therefore holds here:

* It makes one while it imports its own configuration, and others later, in every process: API server, scheduler, dag
  processor, triggerer, workers and each task. The constructor does next to nothing, and what is heavy is imported at
  the first look-up.
* An exception, of the constructor too, makes it ask the next backend, so that an old value of its database would be
  used. `AirflowSecretsBackendAccessDenied` alone ends the search. Nothing else ever leaves a look-up.
* A process that is forked inherits its backends. Each process reads for itself here.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from airflow.sdk.bases.secrets_backend import BaseSecretsBackend
from airflow.sdk.exceptions import AirflowSecretsBackendAccessDenied

from airside.airflow.secrets.copied_logs import mask_copied_logs
from airside.airflow.secrets.options import parse_options
from airside.base.errors import AirsideError

if TYPE_CHECKING:
    from airside.airflow.secrets.log_connection import LogConnection
    from airside.airflow.secrets.process import Process
    from airside.secrets.values import Connection

CONNECTION = "AIRFLOW_CONN_"
VARIABLE = "AIRFLOW_VAR_"
NOWHERE = (None, None)


class SecretsBackend(BaseSecretsBackend):
    """Answers with the connections and variables of an environment.

    An environment variable `AIRFLOW_CONN_X` or `AIRFLOW_VAR_X` wins: Airflow's own backend for them answers then. A
    name that no document has is looked for further on, in Airflow's database.

    Args:
        **kwargs: See `airside.airflow.secrets.options.Options`. What is wrong with them fails each look-up.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__()
        mask_copied_logs()
        self._kwargs = kwargs
        self._processes: dict[int, Process] = {}

    def get_connection(self, conn_id: str, team_name: str | None = None) -> Any:  # noqa: ANN401 - Airflow has two classes of connections
        """Return a connection as Airflow's class of this process; None for an unknown id.

        Raises:
            AirflowSecretsBackendAccessDenied: It cannot be told whether there is one.
        """
        with _refusing(f"the connection {conn_id!r}"):
            if _in_environment(CONNECTION, conn_id, team_name, empty=False):
                return None
            process = self._of_this_process()
            if (logs := process.logs) is not None and conn_id == logs.id:
                return self._for_logs(process, logs)
            found = process.answer(lambda secrets: secrets.connection(conn_id))
            return None if found is None else self._masked(process, found)

    def get_variable(self, key: str, team_name: str | None = None) -> str | None:
        """Return a variable as text, JSON where it is none; None for an unknown key.

        Raises:
            AirflowSecretsBackendAccessDenied: It cannot be told whether there is one.
        """
        with _refusing(f"the variable {key!r}"):
            if _in_environment(VARIABLE, key, team_name, empty=True):
                return None
            process = self._of_this_process()
            path, value = process.answer(lambda all_: (all_.vault_variables.get(key), all_.variable(key))) or NOWHERE
            if path is not None:
                value = process.vault.variable(path)
            if value is not None:
                process.mask_variable(key, value)
            return value

    def get_config(self, key: str) -> str | None:  # noqa: ARG002 - the name is Airflow's
        """Return None: options of Airflow are none of an environment's secrets."""
        return None

    def connection_ids(self) -> tuple[str, ...]:
        """Return the ids of all connections of the environment.

        Raises:
            AirflowSecretsBackendAccessDenied: It cannot be told which there are.
        """
        with _refusing("the connections"):
            return self._of_this_process().connection_ids()

    def _for_logs(self, process: "Process", logs: "LogConnection") -> Any:  # noqa: ANN401 - as above
        """Return the connection for logs: the keys of the documents, where they have it, else none."""
        found = process.answer_for_logs(lambda secrets: secrets.connection(logs.id))
        if found is None:
            make = self._get_connection_class()
            return make(conn_id=logs.id, conn_type=logs.conn_type, host=logs.host, extra=logs.text_of_extra())
        made = self._masked(process, found)
        logs.complete(made)
        return made

    def _masked(self, process: "Process", found: "Connection") -> Any:  # noqa: ANN401 - as above
        made = self._from_vault(process, found) if found.vault_path is not None else self._made(found)
        process.mask_connection(found, made)
        return made

    def _made(self, found: "Connection") -> Any:  # noqa: ANN401 - as above
        make = self._get_connection_class()
        if found.uri is not None:
            made = make(conn_id=found.id, uri=found.uri)
            made.description = found.description
            return made
        return make(
            conn_id=found.id,
            conn_type=_airflow_type(found.conn_type),
            description=found.description,
            host=found.host,
            login=found.login,
            password=found.password,
            schema=found.schema,
            port=found.port,
            extra=found.extra,
        )

    def _from_vault(self, process: "Process", found: "Connection") -> Any:  # noqa: ANN401 - as above
        text = process.vault.connection(str(found.vault_path))
        return self._deserialize_connection_value(self._get_connection_class(), found.id, text)

    def _of_this_process(self) -> "Process":
        # It imports what cannot be imported yet when Airflow makes its backends, and what most processes never need.
        from airside.airflow.secrets.process import Process  # noqa: PLC0415

        number = os.getpid()
        if (process := self._processes.get(number)) is None:
            made = Process(parse_options(self._kwargs), dict(os.environ))  # noqa: TID251 - the key may be in it
            # Of several threads that come here first, one makes it for all.
            process = self._processes.setdefault(number, made)
        return process


@contextmanager
def _refusing(what: str) -> Iterator[None]:
    """Turn every failure into the one that Airflow does not step over.

    The failure itself is not shown as its cause: that of a parser may quote what it read.
    """
    try:
        yield
    except AirflowSecretsBackendAccessDenied:
        raise
    except AirsideError as error:
        hint = f". {error.hint}" if error.hint else ""
        raise AirflowSecretsBackendAccessDenied(f"Airside cannot look up {what}: {error.message}{hint}") from None
    except Exception as error:  # noqa: BLE001 - of any other one Airflow makes "not found here"
        raise AirflowSecretsBackendAccessDenied(f"Airside cannot look up {what}: {type(error).__name__}") from None


def _in_environment(prefix: str, name: str, team: str | None, *, empty: bool) -> bool:
    """Tell whether an environment variable says it, by the names of airflow/secrets/environment_variables.py 3.3.2."""
    variables = os.environ  # noqa: TID251 - as Airflow's own backend does
    value = variables.get(prefix + name.upper())
    if team and variables.get(f"{prefix}_{team.upper()}___{name.upper()}"):
        return True
    return value is not None if empty else bool(value)


def _airflow_type(conn_type: str | None) -> str | None:
    """Return the type as Airflow's `from_json` does (`_normalize_conn_type`, airflow/models/connection.py 3.3.2)."""
    if conn_type == "postgresql":
        return "postgres"
    return conn_type.replace("-", "_") if conn_type else conn_type
