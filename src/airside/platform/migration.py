"""Bringing Airflow's tables to the version of the Airflow in the environment, and not when they are."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

from airside.base.errors import PlatformError
from airside.base.files import write_atomically
from airside.platform.database import Database
from airside.platform.psql import without_password
from airside.platform.steps import Report, Step
from airside.platform.supervision import Supervisor
from airside.workspace.workspace import Workspace


def migrate(workspace: Workspace, database: Database, python: Path, environ: Mapping[str, str], report: Report) -> None:
    """Run `airflow db migrate` if the database has another revision than this Airflow left in it.

    Raises:
        PlatformError: It fails; what it said is in the message.
    """
    stamp = workspace.state / "run" / "migrated.json"
    if _is_current(stamp, workspace, database):
        return
    report(Step("Migrating the database"))
    done = subprocess.run(
        [str(python), "-m", "airflow", "db", "migrate"],
        cwd=Supervisor(workspace.state).working_folder,  # Python imports from it: it is empty
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines()[-15:]
        raise PlatformError(f"airflow db migrate failed in {_name(database)}:\n" + "\n".join(lines))
    write_atomically(stamp, json.dumps(_state(workspace, database)).encode())


def _is_current(stamp: Path, workspace: Workspace, database: Database) -> bool:
    state = _state(workspace, database)
    return state["revision"] is not None and stamp.is_file() and json.loads(stamp.read_text()) == state


def _state(workspace: Workspace, database: Database) -> dict[str, str | None]:
    return {"airflow": workspace.settings.airflow.version, "revision": database.revision(), "database": _name(database)}


def _name(database: Database) -> str:
    # The embedded server may listen at another port next time; its data are the same.
    return "the embedded Postgres" if database.server else without_password(database.url)
