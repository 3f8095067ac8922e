"""What was said of a workflow outside its DAG file: in its config, and in `[defaults]` of the workspace."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from airside.authoring.keys import CONFIG, DEFAULTS, Origin, read
from airside.base.errors import ConfigError, MissingConfigError, UsageError
from airside.config.configs import Configs, Found, parts_of
from airside.config.giving import given
from airside.running.current import DEFAULTS as DEFAULTS_FILE
from airside.running.current import LOCAL, SETTINGS, current_environment
from airside.running.serving import Serving, served_here

SECTION = "workflow"
"""The key of a config that is about the workflow itself."""


def place_of(file: str) -> Serving | None:
    """Return the environment and the folder that a DAG file belongs to.

    That is the release or the workspace that a bundle serves here, else the workspace around the file; None where
    there is neither.
    """
    if (serving := served_here()) is not None:
        return serving
    root = next((folder for folder in Path(file).absolute().parents if (folder / SETTINGS).is_file()), None)
    if root is None:
        return None
    try:
        return Serving(current_environment(), root)
    except UsageError:
        return Serving(LOCAL, root)  # a script that is run from outside its workspace


def defaults_in(root: Path) -> dict[str, Any]:
    """Return `[defaults]` of what is in `root`: the tree of a release, `.airside/dev`, or a workspace.

    Raises:
        ConfigError: It cannot be read, or says what no workflow can be told.
    """
    for name, parse in ((DEFAULTS_FILE, json.loads), (SETTINGS, _section)):
        try:
            text = (root / name).read_text()
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as error:
            raise ConfigError(f"{root / name} cannot be read: {error}") from error
        try:
            values = parse(text)
        except ValueError as error:
            raise ConfigError(f"{root / name} cannot be read: {error}", hint="`airside check` says more.") from error
        return read(values, DEFAULTS, Origin(lambda _: SETTINGS, "defaults"))
    return {}


def _section(text: str) -> Mapping[str, Any]:
    import tomllib  # noqa: PLC0415 - 6 ms, which no process of Airflow pays

    section: Mapping[str, Any] = tomllib.loads(text).get("defaults", {})
    return section


def config_of(serving: Serving, dag_id: str, config: str | None) -> dict[str, Any]:
    """Return what the config of a workflow has below `workflow`.

    Args:
        serving: The environment and the folder with `configs`.
        dag_id: The id of the workflow, and the name of its config unless `config` says another.
        config: The name of a config that has to be there; it may have nothing below `workflow`.

    Raises:
        MissingConfigError: There is no such `config`.
        ConfigError: It cannot be read, or says what no workflow can be told.
    """
    if config is None and not _names_config(dag_id):
        return {}
    configs = Configs(serving.root, serving.environment, over=given().over)
    found = _value(configs, f"{config or dag_id}.{SECTION}")
    if found is None:
        if config is not None:
            configs.value(config)
        return {}
    if not isinstance(found.value, dict):
        raise ConfigError(f"{found.node.place}: {found.name} has to be a mapping of what the workflow is told")
    return read(found.value, CONFIG, Origin(lambda key: found.node.nearest((key,)).place, found.name))


def _value(configs: Configs, name: str) -> Found | None:
    try:
        return configs.value(name)
    except MissingConfigError:
        return None


def _names_config(dag_id: str) -> bool:
    """Return whether a config could have this name: ``a..b`` and ``local`` are ids of workflows, and no names."""
    try:
        parts_of(dag_id)
    except ConfigError:
        return False
    return True
