"""The apps of a platform as a service, in containers: built from what `deploy.sh` pushes, given what add-ons give."""

import json
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import container_images
import fake_clever
from containers import Container, Podman, await_true
from fake_clever import Cloud
from seaweed import ACCESS_KEY, SECRET_KEY
from target_workspace import RunningAirflow, TargetWorkspace

from airside.platform.http import Session

PASSWORD = "p@ss/w:rd#%41 ?&é'\"$x"
_PATIENCE = 600.0
_TABLE = "create table orders (run text, number int, word text, host text)"


@dataclass
class Apps:
    """Two apps and their database.

    Attributes:
        workspace: What they serve.
        folder: Where they were rendered to.
        cloud: What was told to the platform.
        network: Where they find each other.
        database: The container of Postgres.
        images: Of each app.
        running: The container of each app that was started.
    """

    workspace: TargetWorkspace
    folder: Path
    cloud: Cloud
    network: str
    database: Container
    images: Mapping[str, str] = field(default_factory=dict)
    running: dict[str, Container] = field(default_factory=dict)

    @property
    def podman(self) -> Podman:
        """What runs them."""
        return self.workspace.podman

    def variables(self, part: str) -> dict[str, str]:
        """Return what the platform gives an app: what was set, and what its add-ons say."""
        warehouse = {"conn_type": "postgres", "host": f"db-{self.podman.token}", "schema": "warehouse"}
        return {
            **self.cloud.state["apps"][f"sales-flows-{part}"]["env"],
            "POSTGRESQL_ADDON_HOST": f"db-{self.podman.token}",
            "POSTGRESQL_ADDON_PORT": "5432",
            "POSTGRESQL_ADDON_DB": "flows",
            "POSTGRESQL_ADDON_USER": "ana",
            "POSTGRESQL_ADDON_PASSWORD": PASSWORD,
            "CELLAR_ADDON_HOST": self.workspace.server.endpoint.removeprefix("http://"),
            "CELLAR_ADDON_KEY_ID": ACCESS_KEY,
            "CELLAR_ADDON_KEY_SECRET": SECRET_KEY,
            "CC_REVERSE_PROXY_IPS": "10.9.8.7",
            "PORT": "8080",
            "AIRFLOW_CONN_WAREHOUSE": json.dumps(warehouse | {"login": "ana", "password": PASSWORD}),
        }

    def secrets(self) -> list[str]:
        """Return the values that nobody may see."""
        env = self.cloud.state["apps"]["sales-flows-api"]["env"]
        made = [value for name, value in env.items() if name.endswith(("_KEY", "_SECRET"))]
        return [PASSWORD, SECRET_KEY, *made, *json.loads(env["AIRSIDE_PASSWORDS"]).values()]

    def build(self, part: str) -> str:
        """Build the image of an app from what was pushed, as the platform does: every variable is an argument."""
        alias = f"sales-flows-{part}"
        context = self.cloud.folder / "builds" / part
        subprocess.run(["git", "clone", "--quiet", str(self.cloud.remote(alias)), str(context)], check=True)
        arguments = [
            word for name, value in self.variables(part).items() for word in ("--build-arg", f"{name}={value}")
        ]
        tag = f"{container_images.REPOSITORY}{alias}:test"
        return self.podman.build(context, tag, *arguments, containerfile="Dockerfile")

    def start(self, part: str) -> Container:
        """Start an app on a new machine, with nothing on its disk, and return when it is healthy."""
        if part in self.running:
            self.running[part].remove()
        self.running[part] = container = self.podman.run(
            self.images[part], name=f"{part}-{self.podman.token}", network=self.network, env=self.variables(part)
        )
        path = self.variables(part)["CC_HEALTH_CHECK_PATH"]
        try:
            await_true(lambda: get(container, path)[0] == 200, f"{part} is healthy", _PATIENCE)
        except AssertionError as error:
            error.add_note(container.logs()[-6000:])
            raise
        return container

    @property
    def airflow(self) -> RunningAirflow:
        """Airflow, by its API."""
        password = json.loads(self.variables("api")["AIRSIDE_PASSWORDS"])["airflow"]
        return RunningAirflow(Session(f"http://{self.running['api'].address}:8080", "airflow", password))

    def sql(self, statement: str, database: str = "warehouse") -> list[str]:
        """Run a statement and return its rows."""
        words = ("psql", "-U", "ana", "-d", database, "-AtF", "|", "-c", statement)
        return self.database.exec(*words).splitlines()

    def rows(self, run: str) -> list[str]:
        """Return what a run has written: number and word."""
        return self.sql(f"select number, word from orders where run = '{run}' order by number")  # noqa: S608 - a test's


def get(container: Container, path: str) -> tuple[int, bytes]:
    """Ask the port of an app; 0 where nobody answers."""
    try:
        with urllib.request.urlopen(f"http://{container.address}:8080{path}", timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except (OSError, AssertionError):
        return 0, b""


def script(apps: Apps, *words: str) -> str:
    """Run a rendered script and return what it printed."""
    done = subprocess.run(
        words, cwd=apps.folder, env=apps.cloud.environ, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@contextmanager
def deployed(workspace: TargetWorkspace, folder: Path, cloud_folder: Path) -> Iterator[Apps]:
    """Have the apps that were rendered to `folder`, made, deployed, built and running."""
    podman = workspace.podman
    network = podman.network()
    database = podman.run(
        container_images.postgres(podman),
        name=f"db-{podman.token}",
        network=network,
        env={"POSTGRES_USER": "ana", "POSTGRES_DB": "flows", "POSTGRES_PASSWORD": PASSWORD},
    )
    apps = Apps(workspace, folder, fake_clever.install(cloud_folder), network, database)
    container_images.debian(podman)
    container_images.wheel(folder / "wheels")
    script(apps, "./create.sh")
    script(apps, "./deploy.sh", "--git")
    apps.images = {part: apps.build(part) for part in ("api", "scheduler")}
    await_true(
        lambda: database.exec("pg_isready", "-h", "127.0.0.1", check=False).endswith("accepting connections"),
        "Postgres answers",
    )
    database.exec("createdb", "-U", "ana", "warehouse")
    apps.sql(_TABLE)
    apps.start("api")
    apps.start("scheduler")
    yield apps
