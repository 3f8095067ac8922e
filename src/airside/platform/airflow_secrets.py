"""What the local Airflow is told of secrets, and which of them its environment variables hide."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from airside.render.logs import log_connection
from airside.workspace.workspace import Workspace

SECRETS: Final = "secrets"
_BACKEND: Final = "airside.airflow.SecretsBackend"
_PREFIXES: Final = {"connections": ("connection", "AIRFLOW_CONN_"), "variables": ("variable", "AIRFLOW_VAR_")}


@dataclass(frozen=True, slots=True)
class Shadow:
    """A name in the documents of secrets for which an environment variable of Airflow answers.

    Attributes:
        kind: `connection` or `variable`.
        name: Its id or key.
        variable: The name of the environment variable.
    """

    kind: str
    name: str
    variable: str


def backend_options(
    workspace: Workspace, tracked: Sequence[str], store: Mapping[str, object], key_file: Path | None
) -> dict[str, str]:
    """Return what `[secrets]` of Airflow says; nothing where the workspace configures a backend itself.

    Args:
        workspace: Whose documents.
        tracked: The environments that Airflow serves; none means the working tree.
        store: The arguments with which bundles and the backend find the store.
        key_file: The file with the user's key; None where there is none yet.
    """
    settings = workspace.settings
    if "AIRFLOW__SECRETS__BACKEND" in settings.airflow.variables:
        return {}
    kwargs: dict[str, object] = _places(workspace, tracked, store)
    if key_file is not None:
        kwargs["key_file"] = str(key_file)
    if settings.secrets.vault:
        kwargs["vault"] = dict(settings.secrets.vault)
    if (logs := log_connection(settings, tracked)) is not None:
        kwargs["logs"] = logs
    return {"backend": _BACKEND, "backend_kwargs": json.dumps(kwargs)}


def _places(workspace: Workspace, tracked: Sequence[str], store: Mapping[str, object]) -> dict[str, object]:
    if not tracked:
        return {"folder": str(workspace.root / SECRETS)}
    if len(tracked) == 1:
        return {**store, "environment": tracked[0]}
    return {**store, "environments": list(tracked)}


def process_variables(process: int) -> Mapping[str, str]:
    """Return the environment variables that a process was started with; none where it is gone or not ours."""
    try:
        return psutil.Process(process).environ()
    except psutil.Error:
        return {}


def shadows(names: Iterable[tuple[str, str]], variables: Mapping[str, str]) -> Iterator[Shadow]:
    """Yield the names that environment variables answer for, as Airflow and the backend look at them.

    Args:
        names: `connections` or `variables`, and the name.
        variables: The environment variables of Airflow.
    """
    for section, name in sorted(set(names)):
        kind, prefix = _PREFIXES[section]
        variable = prefix + name.upper()
        # Of a connection, an empty one counts for nothing.
        if variables.get(variable) or (kind == "variable" and variable in variables):
            yield Shadow(kind, name, variable)
