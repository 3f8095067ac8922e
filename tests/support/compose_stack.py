"""The rendered stack, running."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import compose_project
from compose_project import Project
from containers import COMPOSE_LABEL, Podman
from target_workspace import RunningAirflow, TargetWorkspace, owned, set_variables

from airside.platform.http import Session
from airside.platform.ports import free_port

_TABLE = "create table orders (run text, number int, word text, host text)"


@dataclass(frozen=True)
class Stack:
    """Postgres, Airflow and what else the settings ask for.

    Attributes:
        project: Of docker-compose.
        airflow: What answers at its port.
    """

    project: Project
    airflow: RunningAirflow

    def sql(self, statement: str) -> list[str]:
        """Run a statement in the warehouse, a database beside Airflow's own, and return its rows."""
        words = ("psql", "-U", "airflow", "-d", "warehouse", "-AtF", "|", "-c", statement)
        return self.project.container("postgres").exec(*words).splitlines()

    def rows(self, run: str) -> list[str]:
        """Return what a run has written: number and word."""
        return self.sql(f"select number, word from orders where run = '{run}' order by number")  # noqa: S608 - a test's


@contextmanager
def running(workspace: TargetWorkspace, folder: Path, image: str) -> Iterator[Stack]:
    """Have the stack that was rendered to `folder` until the block ends; all of it is healthy."""
    environ = workspace.podman.environ | workspace.credentials
    subprocess.run(["./secrets.sh"], cwd=folder, env=environ, check=True, capture_output=True)
    password = (folder / "secrets" / "postgres_password").read_text()
    set_variables(
        folder / "secrets" / "store.env",
        {"AIRFLOW_CONN_WAREHOUSE": f"postgres://airflow:{password}@postgres/warehouse"},
    )
    owned(list((folder / "secrets").iterdir()))
    port = free_port(28700)
    set_variables(folder / ".env", {"AIRFLOW_PORT": str(port), "AIRSIDE_IMAGE": image})
    with compose_project.project(workspace.podman, folder) as project:
        try:
            project("up", "--detach", "--wait", "--wait-timeout", "600")
        except AssertionError as error:
            error.add_note(_said(project))
            raise
        administrator = json.loads((folder / "secrets" / "passwords.json").read_text())["airflow"]
        stack = Stack(project, RunningAirflow(Session(f"http://127.0.0.1:{port}", "airflow", administrator)))
        project.container("postgres").exec("createdb", "-U", "airflow", "warehouse")
        stack.sql(_TABLE)
        yield stack


def _said(project: Project) -> str:
    podman: Podman = project.podman
    listed = podman(
        "ps", "--all", "--format", "{{.Names}} {{.Status}}", "--filter", f"label={COMPOSE_LABEL}={project.name}"
    )
    return f"{listed}\n{project('logs', '--tail', '40', check=False)[-12000:]}"
