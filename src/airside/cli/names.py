"""What the environments of a workspace have: its settings and its secrets, put together."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airside.release.contract import Names
    from airside.workspace.workspace import Workspace


def environment_names(workspace: "Workspace", environment: str) -> "Names":
    """Return the names that `environment` has; no key is needed and no value is read.

    Raises:
        FindingsError: A document of secrets is not what it should be.
    """
    from airside.secrets.names import read_secret_names
    from airside.workspace.names import names_of

    secrets = read_secret_names(workspace.root / "secrets", environment)
    if secrets is None:
        return names_of(workspace, environment, connections=None, variables=None)
    return names_of(workspace, environment, connections=secrets.connections, variables=secrets.variables)


def all_names(workspace: "Workspace") -> "dict[str, Names]":
    """Return the names of every environment that `airside.toml` declares, by environment.

    Where it declares none there is one without a name: pools and configs are those of the workspace itself.

    Raises:
        FindingsError: A document of secrets is not what it should be.
    """
    declared = list(workspace.settings.environments) or [""]
    return {environment: environment_names(workspace, environment) for environment in declared}
