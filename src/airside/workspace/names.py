"""What an environment has by the word of the workspace: its settings, its configs, the names in its secrets."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from airside.release.contract import Names
from airside.workspace.settings import ProvidedSettings, Settings
from airside.workspace.workspace import Workspace

CONFIGS: Final = "configs"
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
    configs, all_configs = config_names(workspace.root)
    return (
        names.adding("environment-variable", set_here, whole=bool(provided.environment_variables))
        .adding("pool", {DEFAULT_POOL, *settings.pools, *provided.pools}, whole=True)
        .adding("config", configs, whole=all_configs)
        .adding("workflow", provided.workflows, whole=False)
    )


def config_names(root: Path) -> tuple[frozenset[str], bool]:
    """Return every name that a config below ``configs`` can be asked by, and whether these are all.

    ``configs/sales/orders.yaml`` with a key `load` has its own path, ``sales.orders`` and ``sales.orders.load``. The
    keys of a file that is not plain YAML, such as a template of one, cannot be told.
    """
    folder = root / CONFIGS
    files = sorted(path for pattern in ("*.yaml", "*.yml") for path in folder.rglob(pattern) if path.is_file())
    names: set[str] = set()
    whole = True
    for path in files:
        parts = path.relative_to(folder).with_suffix("").parts
        names |= {path.relative_to(root).as_posix(), *(".".join(parts[: end + 1]) for end in range(len(parts)))}
        try:
            names.update(_keys(_documents(path), ".".join(parts)))
        except (OSError, ValueError, yaml.YAMLError):
            whole = False
    return frozenset(names), whole


def _documents(path: Path) -> list[object]:
    # The base loader makes text of every scalar: no date, no number, no object.
    return list(yaml.load_all(path.read_bytes(), Loader=yaml.BaseLoader))


def _keys(value: object, prefix: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            name = prefix if key == "<<" else f"{prefix}.{key}"
            yield name
            yield from _keys(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner, prefix)


def _environment_variables(settings: Settings, environment: str, provided: ProvidedSettings) -> frozenset[str]:
    own: Mapping[str, Any] = settings.airflow.env if environment == LOCAL else {}
    return frozenset({*own, *provided.environment_variables})


def _by_prefix(variables: Iterable[str], prefix: str) -> Iterator[str]:
    for variable in variables:
        if variable.startswith(prefix):
            name = variable.removeprefix(prefix)
            # Airflow asks for the id in capitals, so the id itself may be written in either way.
            yield from (name, name.lower())
