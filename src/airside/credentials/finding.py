"""Where a credential comes from: Airflow's own look-up, or this process's variables and the workspace around it."""

import difflib
import json
import os
import sys
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from airside.base.errors import UsageError
from airside.credentials.credential import Credential
from airside.credentials.fields import Fields
from airside.credentials.uri import from_uri, normal_type
from airside.running.current import current_environment, workspace_root
from airside.secrets.folder_source import FolderSource
from airside.secrets.identities import load_keys
from airside.secrets.values import Connection

VARIABLE: Final = "AIRFLOW_CONN_"
_SECRETS: Final = "secrets"
_CONTEXT: Final = "_AIRFLOW_PROCESS_CONTEXT"


def find(connection_id: str) -> Credential:
    """Return a connection: from Airflow inside of Airflow, from this process and its workspace elsewhere.

    Raises:
        AirsideError: There is none, or it cannot be read.
    """
    # It runs in processes that Airside does not start: a task, a script, a notebook.
    variables = os.environ  # noqa: TID251 - as said
    if _is_airflow(variables):
        # Airflow is not installed everywhere.
        from airside.credentials.airflow_lookup import ask  # noqa: PLC0415 - as said

        return ask(connection_id)
    if text := variables.get(VARIABLE + connection_id.upper()):
        return Credential(connection_id, _of_text(text, what=f"The variable {VARIABLE}{connection_id.upper()}"))
    return _of_workspace(connection_id, variables)


def unknown(connection_id: str, place: str, known: Iterable[str]) -> UsageError:
    """Return the error for an id that `place` does not have; ids like it are named, values never."""
    near = difflib.get_close_matches(connection_id, list(known), n=3)
    return UsageError(
        f"There is no connection {connection_id!r} in {place}",
        hint=f"Was {' or '.join(near)} meant?" if near else "Add it: airside secrets edit ENV",
    )


def _is_airflow(variables: Mapping[str, str]) -> bool:
    """Tell whether Airflow started this process, or is a part of it that can be asked (`dag.test()`)."""
    runner: Any = sys.modules.get("airflow.sdk.execution_time.task_runner")
    return getattr(runner, "SUPERVISOR_COMMS", None) is not None or (
        _CONTEXT in variables and "airflow.sdk" in sys.modules
    )


def _of_workspace(connection_id: str, variables: Mapping[str, str]) -> Credential:
    environment = current_environment()
    if (root := workspace_root()) is None:
        raise UsageError(
            f"There is no connection {connection_id!r} here: no variable {VARIABLE}{connection_id.upper()}, and no "
            f"workspace around {Path.cwd()}",
            hint="Run this in the folder with airside.toml, or below it.",
        )
    try:
        secrets = _source(root / _SECRETS, environment, tuple(sorted(variables.items()))).read()
    except UsageError:
        _source.cache_clear()  # a notebook lives long: the next call looks for keys again
        raise
    if (found := secrets.connection(connection_id)) is None:
        raise unknown(connection_id, f"the secrets of {environment} in {root}", secrets.connections)
    return Credential(connection_id, _of_document(found))


@lru_cache(maxsize=8)
def _source(folder: Path, environment: str, variables: tuple[tuple[str, str], ...]) -> FolderSource:
    """Return what reads the documents, once for all look-ups of a process."""
    return FolderSource(folder, environment, load_keys(dict(variables)))


def _of_document(found: Connection) -> Fields:
    if found.vault_path is not None:
        raise UsageError(
            f"The connection {found.id!r} is kept in a Vault, which Airflow asks and this process does not",
            hint=f"Set {VARIABLE}{found.id.upper()}, or run this in a task.",
        )
    if found.uri is not None:
        return _of_text(found.uri, what=f"The uri of the connection {found.id!r}")
    return Fields(
        conn_type=normal_type(found.conn_type) if found.conn_type else None,
        login=found.login,
        password=found.password,
        host=found.host,
        port=found.port,
        schema=found.schema,
        extra=found.extra,
        description=found.description,
    )


def _of_text(text: str, *, what: str) -> Fields:
    """Return what a URI or the JSON of a connection says.

    Raises:
        UsageError: It is neither. The reason could quote it, and is not told.
    """
    try:
        return _of_json(json.loads(text)) if text.lstrip().startswith("{") else from_uri(text.strip())
    except (ValueError, TypeError):
        pass
    raise UsageError(f"{what} is neither a URI nor the JSON of a connection")


def _of_json(values: Mapping[str, Any]) -> Fields:
    extra, port, conn_type = (values.get(name) for name in ("extra", "port", "conn_type"))
    plain = {name: values.get(name) for name in ("login", "password", "host", "schema", "description")}
    return Fields(
        **plain,
        conn_type=normal_type(conn_type) if conn_type else None,
        port=int(port) if port else None,
        extra=extra if isinstance(extra, str | None) else json.dumps(extra),
    )
