"""`airflow.cfg` of the local Airflow, and the environment variables of its processes."""

import base64
import configparser
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from airside.base.children import inherited, with_programs
from airside.base.files import write_atomically
from airside.platform.airflow_secrets import backend_options
from airside.platform.database import SQLITE, Database
from airside.platform.lockfile import lock_digest
from airside.platform.ports import LOOPBACK
from airside.render.bundles import release_bundles
from airside.render.logs import logs_options
from airside.running.current import VARIABLE
from airside.running.packages import VARIABLE as LOCK_VARIABLE
from airside.workspace.layout import serve_folder, trust_file
from airside.workspace.workspace import Workspace, store_location

USER = "airflow"
PASSWORD = "airflow"  # noqa: S105 - what everybody types at a local Airflow; it listens on loopback alone
DEV = "dev"

Options = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Keys:
    """Secrets that stay the same between starts, or sessions and encrypted connections would be lost."""

    fernet: str
    jwt: str
    api: str


def airflow_home(workspace: Workspace) -> Path:
    """Return AIRFLOW_HOME of the local Airflow."""
    return workspace.state / "airflow"


def write_config(
    workspace: Workspace, database: Database, port: int, tracked: Sequence[str], key_file: Path | None = None
) -> None:
    """Write `airflow.cfg` and the password file.

    Args:
        workspace: Whose Airflow; its `[airflow.config]` has the last word.
        database: Where Airflow keeps its state.
        port: Where its web server listens.
        tracked: The environments to serve; none means the working tree.
        key_file: The file with the key that decrypts secrets; None where there is none.
    """
    home = airflow_home(workspace)
    home.mkdir(exist_ok=True)
    passwords = home / "passwords.json"
    write_atomically(passwords, json.dumps({USER: PASSWORD}).encode(), mode=0o600)
    options = _options(workspace, database, port, _keys(home))
    options["core"]["simple_auth_manager_passwords_file"] = str(passwords)
    options["dag_processor"]["dag_bundle_config_list"] = json.dumps(bundles(workspace, tracked))
    options["secrets"] = backend_options(workspace, tracked, _store(workspace) if tracked else {}, key_file)
    for further in (logs_options(workspace.settings, tracked), workspace.settings.airflow.config):
        for section, values in further.items():
            options.setdefault(section, {}).update(values)
    write_atomically(home / "airflow.cfg", _render(options), mode=0o600)


def _options(workspace: Workspace, database: Database, port: int, keys: Keys) -> Options:
    url = f"http://localhost:{port}"
    state = workspace.state
    return {
        "core": {
            "executor": "LocalExecutor",
            "parallelism": "4" if database.kind == SQLITE else "8",
            "load_examples": "False",
            "fernet_key": keys.fernet,
            "dags_folder": str(state / "empty"),
            # What a user deploys is meant to run; in a laptop's Airflow nobody looks for the switch.
            "dags_are_paused_at_creation": "False",
            "execution_api_server_url": f"http://{LOOPBACK}:{port}/execution/",
            "simple_auth_manager_users": f"{USER}:admin",
        },
        "database": {"sql_alchemy_conn": database.url},
        "api": {"base_url": url, "host": LOOPBACK, "port": str(port), "workers": "1", "secret_key": keys.api},
        "api_auth": {"jwt_secret": keys.jwt},
        "logging": {"base_log_folder": str(state / "logs" / "tasks")},
        "scheduler": {"enable_health_check": "False"},
        "dag_processor": {
            "dag_bundle_storage_path": str(state / "bundles"),
            # A saved file or a deploy is live within about two seconds; a look costs one read of a pointer.
            "bundle_refresh_check_interval": "1",
        },
    }


def paused_at_creation(workspace: Workspace) -> bool:
    """Return whether the local Airflow pauses a workflow that it sees for the first time."""
    said = workspace.settings.airflow.variables.get("AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION", "False")
    return said.strip().lower() in {"true", "t", "1"}


def bundles(workspace: Workspace, tracked: Sequence[str]) -> list[dict[str, object]]:
    """Return the DAG bundles that Airflow serves."""
    if not tracked:
        kwargs: dict[str, object] = {"path": str(serve_folder(workspace)), "refresh_interval": 1}
        return [{"name": DEV, "classpath": "airside.airflow.WorkspaceBundle", "kwargs": kwargs}]
    arguments = {**_store(workspace), "mismatch": workspace.settings.platform.mismatch}
    return release_bundles(tracked, arguments, refresh_interval=1)


def _store(workspace: Workspace) -> dict[str, object]:
    """Return the arguments with which Airflow finds the store, and whom it trusts there."""
    store: dict[str, object] = {
        "store": store_location(workspace),
        "store_options": dict(workspace.settings.store.options),
    }
    if (trust := _trust_copy(workspace)) is not None:
        store["trust"] = str(trust)
    return store


def _trust_copy(workspace: Workspace) -> Path | None:
    """Return a copy of the workspace's trust file, as a host of Airflow has one; None where there is none.

    A reader refuses a trust file that others may write. Under the umask 002 that is what git checks out.
    """
    if (trust := trust_file(workspace)) is None:
        return None
    copy = workspace.state / trust.name
    write_atomically(copy, trust.read_bytes())
    return copy


def _keys(home: Path) -> Keys:
    path = home / "keys.json"
    if not path.exists():
        made = {
            "fernet": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "jwt": secrets.token_urlsafe(48),
            "api": secrets.token_urlsafe(48),
        }
        write_atomically(path, json.dumps(made).encode(), mode=0o600)
    return Keys(**json.loads(path.read_text()))


def _render(options: Mapping[str, Mapping[str, str]]) -> bytes:
    parser = configparser.RawConfigParser()
    for section, values in options.items():
        # Airflow's parser interpolates `%(name)s`, so a lone percent sign is written twice.
        parser[section] = {name: value.replace("%", "%%") for name, value in values.items()}
    text = StringIO()
    parser.write(text)
    return text.getvalue().encode()


def process_environ(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a process of the local Airflow: inherited variables and its own."""
    return with_programs(inherited(**variables))


def server_environ(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the components of the local Airflow.

    Which environment the user works for says nothing of those that Airflow serves, unless it is set for Airflow itself.
    """
    environ = process_environ(variables)
    if VARIABLE not in variables:
        environ.pop(VARIABLE, None)
    return environ


def airflow_variables(workspace: Workspace, database: Database) -> dict[str, str]:
    """Return the environment variables that Airflow's processes and `airside shell` have beside inherited ones."""
    variables = {
        "AIRFLOW_HOME": str(airflow_home(workspace)),
        "AIRSIDE_WORKSPACE": str(workspace.root),
        "VIRTUAL_ENV": str(workspace.state / "env"),
    }
    if (lock := lock_digest(workspace)) is not None:
        variables[LOCK_VARIABLE] = lock
    variables |= {f"AIRFLOW_CONN_{name.upper()}": uri for name, uri in database.connections().items()}
    return variables | dict(workspace.settings.airflow.env)
