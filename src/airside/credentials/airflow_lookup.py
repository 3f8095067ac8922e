"""Asking Airflow, with its chain of backends and its masking: in a task, while a DAG file is parsed, in a trigger."""

from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException, AirflowRuntimeError, AirflowSecretsBackendAccessDenied
from airflow.sdk.execution_time.supervisor import ensure_secrets_backend_loaded

from airside.base.errors import PlatformError, UsageError
from airside.credentials.credential import Credential
from airside.credentials.fields import Fields
from airside.credentials.finding import unknown
from airside.running.current import current_environment


def ask(connection_id: str) -> Credential:
    """Return what Airflow finds.

    Raises:
        UsageError: It finds nothing.
        PlatformError: It may not look, or cannot.
    """
    try:
        found = Connection.get(connection_id)
    except AirflowNotFoundException:
        raise unknown(connection_id, _here(), _ids()) from None
    except AirflowSecretsBackendAccessDenied as error:
        raise PlatformError(str(error)) from None
    except AirflowRuntimeError as error:
        raise PlatformError(f"Airflow cannot look up the connection {connection_id!r}: {error.error.error}") from error
    fields = Fields(
        conn_type=found.conn_type,
        login=found.login,
        password=found.password,
        host=found.host,
        port=found.port,
        schema=found.schema,
        extra=found.extra,
        description=found.description,
    )
    return Credential(connection_id, fields)


def _here() -> str:
    try:
        return f"Airflow for {current_environment()}: not in its variables, its secrets or its database"
    except UsageError:
        return "Airflow"


def _ids() -> list[str]:
    """Return the ids that the backend of Airside knows, where Airflow has it."""
    for backend in ensure_secrets_backend_loaded():
        if (names := getattr(backend, "connection_ids", None)) is not None:
            return list(names())
    return []
