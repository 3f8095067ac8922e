"""The workspace: what ships, from which commit, and the Python environment that it runs in."""

import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from airside.base.names import bundle_name
from airside.platform.diagnosis.disk import disk_findings
from airside.platform.diagnosis.findings import Finding
from airside.platform.environment import environment_folder
from airside.workspace.git import open_repository
from airside.workspace.workspace import Workspace

_DISTRIBUTION = re.compile(r"(?P<name>\w+)-(?P<version>[^-]+)\.dist-info")


def workspace_findings(workspace: Workspace) -> Iterator[Finding]:
    """Look at `workspace`, whose settings are valid.

    Raises:
        WorkspaceError: It is not in a git repository, or git fails.
    """
    names = list(workspace.settings.environments)
    yield Finding("workspace", "ok", f"{workspace.name!r} in {workspace.root}: airside.toml is valid")
    yield _environments(names)
    yield from _installed(workspace)
    yield from disk_findings("workspace", workspace.state)
    head = open_repository(workspace.root).head()
    if head is None:
        fix = "git add --all && git commit --message first"
        yield Finding("workspace", "warning", "Nothing is committed, and only commits are deployed", fix)
    else:
        yield Finding("workspace", "ok", f"The repository is at {head.object_id[:10]}")


def _environments(names: list[str]) -> Finding:
    if not names:
        fix = "Add the line [environments.production] to airside.toml"
        return Finding("workspace", "warning", "airside.toml declares no environment to deploy to", fix)
    bundles = [bundle_name(name) for name in names]
    if twice := next((name for name in bundles if bundles.count(name) > 1), None):
        fix = "Rename one of them in airside.toml."
        return Finding("workspace", "problem", f"Two environments would be the bundle {twice!r} of Airflow", fix)
    return Finding("workspace", "ok", f"Environments: {', '.join(names)}")


def _installed(workspace: Workspace) -> Iterator[Finding]:
    """Look at what the workspace's own Python environment has, by the names of what was unpacked in it."""
    folder = environment_folder(workspace)
    versions = _versions(folder)
    wanted = workspace.settings.airflow.version
    if (found := versions.get("apache_airflow_core")) is None:
        seen = "No Airflow is installed for this workspace yet: `airside up` and `airside deploy` do it"
        yield Finding("workspace", "ok", seen)
        return
    if found != wanted:
        yield Finding(
            "workspace", "warning", f"Airflow {found} is installed; airside.toml wants {wanted}", "airside up"
        )
    else:
        yield Finding("workspace", "ok", f"Airflow {found} is installed in {folder}")
    own = metadata.version("airside")
    if versions.get("airside") != own:
        seen = f"Beside Airflow runs airside {versions.get('airside', 'of no version')}, and here {own}"
        yield Finding("workspace", "warning", seen, "airside down && airside up")


def _versions(folder: Path) -> dict[str, str]:
    names = (path.name for path in folder.glob("lib/python*/site-packages/*.dist-info"))
    return {match["name"]: match["version"] for name in names if (match := _DISTRIBUTION.fullmatch(name))}
