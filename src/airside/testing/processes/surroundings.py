"""The environment variables of the process that runs workflows: this one's, without what leads to a real Airflow."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from airside.base.children import inherited
from airside.testing.processes.source import SETTINGS
from airside.workspace.workspace import open_workspace

_OPTION: Final = "AIRFLOW__"
_PLUGINS: Final = "AIRFLOW__CORE__PLUGINS_FOLDER"

_OUTSIDE: Final = ("AIRFLOW_CONN_", "AIRFLOW_VAR_", "AIRSIDE_", "PYTEST_")
"""What starts so would reach a real system, or says what holds for another process."""

_OWN: Final = {
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    # A test gives what a workflow finds; a backend would ask a real one.
    "AIRFLOW__SECRETS__BACKEND": "",
    "AIRFLOW__WORKERS__SECRETS_BACKEND": "",
    "AIRFLOW__LOGGING__REMOTE_LOGGING": "False",
    "AIRFLOW__METRICS__STATSD_ON": "False",
    "AIRFLOW__TRACES__OTEL_ON": "False",
    # As a library Airflow configures no ORM: half a second less.
    "_AIRFLOW__AS_LIBRARY": "1",
    # As the processes of Airflow that run tasks.
    "_AIRFLOW_PROCESS_CONTEXT": "client",
    # Libraries for numbers make a thread for each processor when they are imported, and a fork has none of them.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


def airflow_options(root: Path) -> dict[str, str]:
    """Return what the project sets of Airflow, as environment variables.

    In a workspace that is what `airside.toml` says. In another project it is what the variables `AIRFLOW__…` of this
    process say; its `airflow.cfg` is that of a real Airflow.

    Raises:
        WorkspaceError: `airside.toml` is not valid.
    """
    options: dict[str, str] = {}
    if (root / SETTINGS).is_file():
        options |= open_workspace(root).settings.airflow.variables
    else:
        options |= {name: value for name, value in _here().items() if name.startswith(_OPTION)}
    if _PLUGINS not in options and (plugins := _plugins(root)) is not None:
        options[_PLUGINS] = str(plugins)
    return options


def variables(options: Mapping[str, str], home: Path) -> dict[str, str]:
    """Return all variables of the process, whose Airflow lives in `home`."""
    kept = {name: value for name, value in inherited().items() if not name.startswith(_OUTSIDE)}
    if path := _here().get("PYTHONPATH"):
        kept["PYTHONPATH"] = path
    return (
        {"PYTHONHASHSEED": "0"}
        | kept
        | {_PLUGINS: str(home / "plugins"), **options}
        | _OWN
        | {
            "AIRFLOW_HOME": str(home),
            # Whoever asks for it is told that it is not there, at once.
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/there-is-no-database-in-a-test/airflow.db",
            "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        }
    )


def _plugins(root: Path) -> Path | None:
    """Return the folder with Airflow's plugins: that of the project, or that of the Airflow of this environment."""
    places = [root / "plugins"]
    if (root / SETTINGS).is_file():
        places = []
    elif home := _here().get("AIRFLOW_HOME"):
        places.append(Path(home) / "plugins")
    return next((place for place in places if place.is_dir()), None)


def _here() -> Mapping[str, str]:
    # The process of a test is started by pytest: nobody above reads them for us.
    return os.environ  # noqa: TID251 - as said
