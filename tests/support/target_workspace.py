"""A workspace that is brought to real containers: its settings, its lock file, its image, its releases."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import container_images
from containers import Podman, await_true
from seaweed import ACCESS_KEY, SECRET_KEY, Server
from shipping import REQUEST, deploy

from airside.base.digest import Digest
from airside.base.errors import PlatformError
from airside.base.files import write_atomically
from airside.platform.http import Session
from airside.platform.lockfile import LOCK_FILE, ensure_lock
from airside.release.pointer import Pointer
from airside.store.opening import open_store
from airside.workspace.workspace import open_workspace

IMAGE = f"{container_images.REPOSITORY}airflow"
PYTHON = "3.11"
"""Of Debian bookworm."""

_WEEK = 7 * 86400.0

_SETTINGS = """\
[workspace]
name = "sales-flows"
include = ["lib"]

[airflow]
python = "{python}"
# A machine that runs tests is busier than any other.
config = {{ core = {{ dags_are_paused_at_creation = false }}, workers = {{ execution_api_timeout = 60 }} }}

[store]
url = "{url}"
options = {options}

[environments.production]

[logs]
url = "s3://airside/logs/{{environment}}"
endpoint = "{endpoint}"
region = "us-east-1"

[image]
name = "{image}"
base = "{base}"

"""

_REQUIREMENTS = """\
apache-airflow-providers-amazon
apache-airflow-providers-celery
apache-airflow-providers-cncf-kubernetes
apache-airflow-providers-fab
celery<5.7
statsd
"""

_WORKFLOW = '''\
"""Writes a row that says which code wrote it, and where."""

import datetime
import os
import socket
import time

import psycopg2
from airflow.sdk import Connection, dag, get_current_context, task
from lib.words import WORD


@dag(schedule=None, start_date=datetime.datetime(2026, 1, 1))
def orders():
    @task
    def load(number: int):
        context = get_current_context()
        print("loading", number, "with", WORD)
        time.sleep(float((context["dag_run"].conf or {}).get("seconds", 0)))
        warehouse = Connection.get("warehouse")
        with psycopg2.connect(
            host=warehouse.host, user=warehouse.login, password=warehouse.password, dbname=warehouse.schema
        ) as connection, connection.cursor() as cursor:
            cursor.execute(
                "insert into orders values (%s, %s, %s, %s)", (context["run_id"], number, WORD, socket.gethostname())
            )

    load.expand(number=[1, 2, 3])


orders()
'''


def files_of(word: str) -> dict[str, str]:
    """Return the files of a release whose rows have `word`."""
    return {"dags/orders.py": _WORKFLOW, "lib/__init__.py": "", "lib/words.py": f'WORD = "{word}"\n'}


@dataclass(frozen=True)
class TargetWorkspace:
    """A workspace whose store is a bucket.

    Attributes:
        root: Its folder.
        podman: What builds its image.
        server: The server that has its bucket.
        prefix: Of its store there.
    """

    root: Path
    podman: Podman
    server: Server
    prefix: str

    def verb(self, *words: str, check: bool = True) -> str:
        """Run a verb of Airside on it and return what that printed.

        Raises:
            AssertionError: It ended with an error, unless `check` is false.
        """
        environ = self.podman.environ | self.credentials
        environ.pop("PYTHONDONTWRITEBYTECODE", None)
        done = subprocess.run(
            [sys.executable, "-m", "airside", "-C", str(self.root), "--yes", *words],
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=1200,
        )
        assert not check or done.returncode == 0, f"airside {' '.join(words)}: {done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    @property
    def credentials(self) -> dict[str, str]:
        """What lets in to its store."""
        return {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}

    def deploy(self, word: str, *, second: int = 0) -> Pointer:
        """Release files whose rows have `word` to production."""
        store = open_store(self.server.url(self.prefix), self.server.options)
        return deploy(store, files_of(word), second=second, request=REQUEST)

    def image(self) -> str:
        """Build its image, unless it was built before, and return its name and tag."""
        container_images.debian(self.podman)
        said = json.loads(self.verb("--json", "image", "build", "--with", "podman"))
        reference: str = said["image"]
        container_images.forget_others(self.podman, reference)
        return reference


def make_workspace(root: Path, podman: Podman, server: Server, prefix: str, settings: str) -> TargetWorkspace:
    """Make a workspace with what `settings` adds to its `airside.toml`; the packages of all such are the same."""
    root.mkdir()
    options = {name: value for name, value in server.options.items() if "key" not in name}
    base = f"{container_images.REPOSITORY}debian:{container_images.SUITE}"
    text = _SETTINGS.format(
        python=PYTHON,
        url=server.url(prefix),
        options="{ " + ", ".join(f'{name} = "{value}"' for name, value in options.items()) + " }",
        endpoint=server.endpoint,
        image=IMAGE,
        base=base,
    )
    (root / "airside.toml").write_text(text + settings)
    (root / "requirements.txt").write_text(_REQUIREMENTS)
    for path, content in files_of("working tree").items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(content)
    _lock(root)
    return TargetWorkspace(root, podman, server, prefix)


def _lock(root: Path) -> None:
    """Put the lock file in: one for all, so that all have one image."""
    wanted = (root / "requirements.txt").read_bytes()
    kept = Path("/var/tmp") / f"airside-test-{Digest.of(wanted).hex[:16]}.lock"
    if not kept.exists() or time.time() - kept.stat().st_mtime > _WEEK:
        ensure_lock(open_workspace(root), PYTHON, lambda step: None)
        write_atomically(kept, (root / LOCK_FILE).read_bytes())
    shutil.copyfile(kept, root / LOCK_FILE)


@dataclass(frozen=True)
class RunningAirflow:
    """An Airflow that runs somewhere, by its API."""

    session: Session

    def call(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Ask it."""
        return self.session.call(method, path, body)

    def await_workflow(self, name: str, version: str | None = None, seconds: float = 180.0) -> None:
        """Wait until it knows a workflow, and where a version is named that one."""

        def known() -> bool:
            try:
                found = self.call("GET", f"/api/v2/dags/{name}")
            except PlatformError:
                return False
            return version is None or found["bundle_version"] == version

        await_true(known, f"{name} is served as {version}", seconds)

    def trigger(self, workflow: str, **conf: object) -> str:
        """Start a run and return its id."""
        run = self.call("POST", f"/api/v2/dags/{workflow}/dagRuns", {"logical_date": None, "conf": conf})
        name: str = run["dag_run_id"]
        return name

    def state(self, workflow: str, run: str) -> str:
        """Return the state of a run."""
        state: str = self.call("GET", f"/api/v2/dags/{workflow}/dagRuns/{quote(run, safe='')}")["state"]
        return state

    def run(self, workflow: str, seconds: float = 240.0, **conf: object) -> str:
        """Run a workflow to its success and return the id of the run."""
        run = self.trigger(workflow, **conf)
        self.await_end(workflow, run, seconds)
        assert self.state(workflow, run) == "success"
        return run

    def await_end(self, workflow: str, run: str, seconds: float = 240.0) -> None:
        """Wait until a run has ended, whatever an API server under load leaves unanswered."""

        def ended() -> bool:
            try:
                return self.state(workflow, run) in {"success", "failed"}
            except PlatformError:
                return False

        await_true(ended, f"{workflow} {run} ends", seconds)

    def log(self, workflow: str, run: str, task: str, number: int = -1) -> str:
        """Return the log of the first try of a task."""
        path = f"/api/v2/dags/{workflow}/dagRuns/{quote(run, safe='')}/taskInstances/{task}/logs/1?map_index={number}"
        return json.dumps(self.call("GET", path))


def set_variables(path: Path, values: Mapping[str, str]) -> None:
    """Put variables at the end of a file of them."""
    with path.open("a") as file:
        file.writelines(f"{name}={value}\n" for name, value in values.items())


def owned(paths: Sequence[Path], account: int = 50000) -> None:
    """Give files to the account of the image."""
    for path in paths:
        os.chown(path, account, 0)
