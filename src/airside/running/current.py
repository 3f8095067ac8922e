"""Which environment am I? One answer in a task, a DAG file, each process of Airflow, a test, a script, a notebook."""

import json
import os
import sys
from pathlib import Path
from typing import Any, Final

from airside.base.errors import UsageError
from airside.running.serving import Serving, served_here

VARIABLE: Final = "AIRSIDE_ENVIRONMENT"
"""Names the environment of a process where nothing else does."""

LOCAL: Final = "dev"
"""The environment of a workspace that nobody has deployed."""

SETTINGS: Final = "airside.toml"

DEFAULTS: Final = ".airside-defaults.json"
"""What a release and `.airside/dev` hold of `airside.toml`, which does not ship: its section `[defaults]`."""

_RELEASES = "airside.airflow.ReleaseBundle"
_WORKSPACE = "airside.airflow.WorkspaceBundle"


def current_environment() -> str:
    """Return the name of the environment that this process works for.

    The first of these that says so: the bundle whose code runs here (tasks, DAG files); the variable
    `AIRSIDE_ENVIRONMENT`; the only environment that the Airflow of this process serves; a workspace around the current
    folder, which is `dev`.

    Raises:
        UsageError: None of them does.
    """
    if (serving := served_here()) is not None:
        return serving.environment
    # This runs in processes that Airside does not start: a task, a script, a notebook.
    if found := os.environ.get(VARIABLE):  # noqa: TID251 - as said
        return found
    if len(served := served_environments()) == 1:
        return next(iter(served))
    if workspace_root() is None:
        raise UsageError(
            "Which environment this is cannot be told: no bundle of Airside serves this code, and there is no "
            f"workspace around {Path.cwd()}",
            hint=f"Set {VARIABLE}.",
        )
    return LOCAL


def current_serving() -> Serving:
    """Return the environment and the folder with the files of this process.

    Raises:
        UsageError: There is neither a bundle that serves this code nor a workspace around the current folder.
    """
    if (serving := served_here()) is not None:
        return serving
    if (root := workspace_root()) is None:
        raise UsageError(
            f"There is no workspace around {Path.cwd()}", hint="Run this in the folder with airside.toml, or below it."
        )
    return Serving(current_environment(), root)


def workspace_root() -> Path | None:
    """Return the workspace around the current folder; None where there is none."""
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / SETTINGS).is_file()), None)


def served_environments() -> frozenset[str]:
    """Return the environments that the configuration of Airflow names; none where there is no Airflow."""
    configuration: Any = sys.modules.get("airflow.configuration")
    if configuration is None:
        return frozenset()
    # What is wrong with it is Airflow's to say, which reads it too.
    try:
        bundles = json.loads(configuration.conf.get("dag_processor", "dag_bundle_config_list"))
        named = {LOCAL for bundle in bundles if bundle["classpath"] == _WORKSPACE}
        named |= {str(bundle["kwargs"]["environment"]) for bundle in bundles if bundle["classpath"] == _RELEASES}
    except (ValueError, TypeError, KeyError, AttributeError):
        return frozenset()
    return frozenset(named)
