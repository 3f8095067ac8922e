"""What an environment has by the word of the workspace: its settings, its configs, the names in its secrets."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from airside.config.names import config_names
from airside.release.contract import Names
from airside.workspace.settings import ProvidedSettings, Settings
from airside.workspace.workspace import Workspace

LOCAL: Final = "dev"
"""The environment that the Airflow of this machine serves."""

DEFAULT_POOL: Final = "default_pool"


def names_of(
    workspace: Workspace, environment: str, *, connections: Iterable[str] | None, variables: Iterable[str] | None
) -> Names:
    """Return what `environment` has.

    Args:
        workspace: The workspace that deploys to it.
        environment: Its name; one that `airside.toml` does not declare has nothing but what all have.
        connections: Their ids in its secrets; None where it has no document of secrets.
        variables: Their keys, in the same way.
    """
    settings = workspace.settings
    declared = settings.environments.get(environment)
    provided = declared.provided if declared else ProvidedSettings()
    set_here = _environment_variables(settings, environment, provided)
    local = settings.platform.databases if environment == LOCAL else ()
    names = (
        Names()
        .adding("connection", {*(connections or ()), *local}, whole=connections is not None)
        .adding("connection", _by_prefix(set_here, "AIRFLOW_CONN_"), whole=False)
        .adding("connection", provided.connections, whole=bool(provided.connections))
        .adding("variable", variables or (), whole=variables is not None)
        .adding("variable", _by_prefix(set_here, "AIRFLOW_VAR_"), whole=False)
        .adding("variable", provided.variables, whole=bool(provided.variables))
    )
    configs, all_configs = config_names(workspace.root, environment)
    return (
        names.adding("environment-variable", set_here, whole=bool(provided.environment_variables))
        .adding("pool", {DEFAULT_POOL, *settings.pools, *provided.pools}, whole=True)
        .adding("config", configs, whole=all_configs)
        .adding("workflow", provided.workflows, whole=False)
    )


def _environment_variables(settings: Settings, environment: str, provided: ProvidedSettings) -> frozenset[str]:
    own: Mapping[str, Any] = settings.airflow.env if environment == LOCAL else {}
    return frozenset({*own, *provided.environment_variables})


def _by_prefix(variables: Iterable[str], prefix: str) -> Iterator[str]:
    for variable in variables:
        if variable.startswith(prefix):
            name = variable.removeprefix(prefix)
            # Airflow asks for the id in capitals, so the id itself may be written in either way.
            yield from (name, name.lower())
