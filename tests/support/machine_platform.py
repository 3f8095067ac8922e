"""A whole platform on machines: control host, database and broker, store, two workers; a workspace that ships to it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Any

import machine_services as services
import machines
import seaweed
from airflow_place import Place
from machines import Machine, Network
from walkthrough import ROOT

from airside.delivery.environments import read_current
from airside.platform.api import AirflowClient
from airside.platform.http import segment
from airside.store.opening import open_store

WORKERS = ("worker1", "worker2")
PATIENCE = 240.0
SECRETS = "/etc/airside/secrets"
LOST_AFTER = 15
"""Seconds without a sign of life after which a task's worker counts as lost."""

_SETTINGS = """\
[workspace]
name = "sales-flows"
include = ["lib"]

[airflow]
python = "{python}"

[airflow.config]
core = {{ dags_are_paused_at_creation = false }}
scheduler = {{ task_instance_heartbeat_timeout = {lost} }}

[store]
url = "{store}"
options = {options}

[celery]
grace = "2m"

[celery.workers.default]
concurrency = 3

[environments.production]
airflow = "http://{control}:8080"

[[alerts]]
channels = ["slack"]
"""

_DAG = """\
import socket
import time
from datetime import timedelta

from airflow.sdk import Variable, dag, get_current_context, task


@dag(schedule=None, default_args={"retries": 2, "retry_delay": timedelta(seconds=1)})
def spread():
    @task
    def hold() -> list[int]:
        # The test says when; there is no folder that it and the workers share.
        wanted = get_current_context()["dag_run"].conf.get("wait_for")
        while wanted and Variable.get(wanted, default=None) is None:
            time.sleep(0.5)
        return list(range(6))

    @task
    def part(number: int) -> dict[str, str]:
        time.sleep(2)
        from lib.version import VERSION
        print(f"from {socket.gethostname()}")
        return {"machine": socket.gethostname(), "version": VERSION}

    part.expand(number=hold())


@dag(schedule=None)
def probe():
    @task
    def look(number: int) -> dict[str, str]:
        from lib.version import VERSION
        return {"machine": socket.gethostname(), "version": VERSION}

    look.expand(number=list(range(6)))


spread()
probe()
"""


class Workspace(Place):
    """A workspace on a machine that only deploys: it reaches the store and Airflow's API, and no other machine."""

    def __init__(self, root: Path, settings: str) -> None:
        super().__init__(root, settings)
        (root / "dags/waiting.py").unlink()
        self.write("dags/spread.py", _DAG)
        self.commit()
        self.own = dict(services.STORE_VARIABLES)

    @property
    def environ(self) -> Mapping[str, str]:
        return {**super().environ, **self.own}


class Platform:
    """The machines, and what runs on them.

    Args:
        network: What they are plugged into.
        workspace: What is shipped to them.
        folder: For what they share: the Python environment, which is the same on all.
    """

    def __init__(self, network: Network, workspace: Workspace, folder: Path) -> None:
        self.network = network
        self.workspace = workspace
        self._programs = folder / "programs"
        self._programs.mkdir()
        self._rendered = workspace.root / "deploy/celery/production"
        self.store = network.boot("store")
        services.start_store(self.store)
        self.data = network.boot("data")
        services.start_postgres(self.data, "airflow", "celery")
        services.start_redis(self.data)
        self.workers: dict[str, Machine] = {}

    @property
    def generation(self) -> int:
        """How often the environment was moved, read from the store itself."""
        address = self.network.address("store")
        keys = {"access_key_id": seaweed.ACCESS_KEY, "secret_access_key": seaweed.SECRET_KEY}
        store = open_store(services.store_url("sales"), services.store_options(address) | keys)
        current = read_current(store, "production")
        return current.pointer.generation if current else 0

    @property
    def client(self) -> AirflowClient:
        password = self.control.read(f"{SECRETS}/password_airflow")
        return AirflowClient(f"http://{self.control.address}:8080", "airflow", password)

    def install(self) -> None:
        """Render, and run the scripts on machines that have nothing yet."""
        self.workspace.airside("check")
        self.workspace.airside("render", "celery", "--env", "production")
        wheels = self._rendered / "wheels"
        uv = ["uv", "build", "--quiet", "--wheel", "--out-dir", str(wheels), str(ROOT)]
        subprocess.run(uv, check=True)
        self.control = self._machine("control", {"database_url": services.postgres_url(self.data)})
        self._install(self.control, "control")
        for name in WORKERS:
            self.add_worker(name)
        until(self._is_healthy)

    def add_worker(self, name: str) -> None:
        """Start a machine for a worker, in place of one of the same name that is lost."""
        key = self.control.read(f"{SECRETS}/api_secret_key")
        self.workers[name] = self._machine(name, {"api_secret_key": key})
        self._install(self.workers[name], "worker")
        until(lambda: self._is_ready(self.workers[name]))

    def lose_worker(self, name: str) -> None:
        """Take the power from a machine with a worker."""
        self.workers.pop(name).lose()

    def _machine(self, name: str, own: Mapping[str, str]) -> Machine:
        found = self.network.boot(name, {self._programs: "/opt/airside"})
        given = {
            "broker_url": services.redis_url(self.data),
            "result_backend": f"db+{services.postgres_url(self.data, 'celery')}",
            "store.env": "".join(f"{key}={value}\n" for key, value in services.STORE_VARIABLES.items()),
        }
        for secret, value in (given | dict(own)).items():
            found.write(f"{SECRETS}/{secret}", value, mode="600")
        return found

    def _install(self, machine: Machine, role: str) -> None:
        # Packages come over the network of this machine, or out of uv's cache.
        variables = {k: v for k, v in os.environ.items() if k.startswith(("UV_", "PIP_", "SSL_"))}  # noqa: TID251
        script = str(self._rendered / "install.sh")
        machine.run(script, role, network=False, variables=variables, seconds=1800)

    def _is_healthy(self) -> bool:
        try:
            found = self.client.health()
        except Exception:  # noqa: BLE001 - while it starts, anything may come
            return False
        return all(part.status == "healthy" for part in found.values()) and len(found) == 4

    def _is_ready(self, worker: Machine) -> bool:
        return f"default@{worker.name} ready" in worker.journal("airside-worker-default", lines=400)

    # What tests look at.

    def start(self, workflow: str = "spread", **conf: object) -> str:
        """Start a run, and return its id."""
        return self.client.trigger(workflow, conf)

    def start_held(self) -> tuple[str, Callable[[], None]]:
        """Start a run whose first task waits; return its id, and what lets it go on."""
        name = f"go-on-{token_hex(4)}"
        run = self.start(wait_for=name)
        until(lambda: self.holder(run))

        def go_on() -> None:
            self.client.session.call("POST", "/api/v2/variables", {"key": name, "value": "said"})

        return run, go_on

    def tasks(self, run: str, task: str = "part", workflow: str = "spread") -> list[dict[str, Any]]:
        """Return what Airflow knows of the instances of a task."""
        path = f"/api/v2/dags/{workflow}/dagRuns/{segment(run)}/taskInstances?task_id={task}"
        found: list[dict[str, Any]] = self.client.session.call("GET", path)["task_instances"]
        return [each for each in found if each["task_id"] == task]

    def results(self, run: str, task: str = "part", workflow: str = "spread") -> list[tuple[str, str]]:
        """Return the machine and the version of the code of each part of a run."""
        path = f"/api/v2/dags/{workflow}/dagRuns/{segment(run)}/taskInstances/{task}/xcomEntries/return_value"
        found = [
            self.client.session.call("GET", f"{path}?map_index={part['map_index']}&deserialize=true")["value"]
            for part in self.tasks(run, task, workflow)
        ]
        return [(each["machine"], each["version"]) for each in found]

    def wait_for(self, run: str, workflow: str = "spread") -> None:
        """Wait until a run has succeeded."""

        def ended() -> bool:
            state = self.client.run_state(workflow, run).state
            assert state != "failed", self.told(run)
            return state == "success"

        until(ended)

    def holder(self, run: str) -> dict[str, Any] | None:
        """Return the task that holds a run while it runs; None while it does not."""
        return next((each for each in self.tasks(run, "hold") if each["state"] == "running" and each["hostname"]), None)

    def log(self, run: str, task: Mapping[str, Any], workflow: str = "spread") -> str:
        """Return what the API server has of the log of a task's last try, which it asks the worker for."""
        instance = f"taskInstances/{task['task_id']}/logs/{task['try_number']}?map_index={task['map_index']}"
        return str(self.client.session.call("GET", f"/api/v2/dags/{workflow}/dagRuns/{segment(run)}/{instance}"))

    def told(self, run: str) -> str:
        """Return all that may say why a run failed."""
        tasks = [*self.tasks(run, "hold"), *self.tasks(run)]
        return "\n".join(f"{task['state']}: {self.log(run, task)}" for task in tasks if task["try_number"])


def until(condition: Callable[[], object], *, seconds: float = PATIENCE) -> float:
    """Wait until `condition` holds, and return how many seconds that took."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds, f"not within {seconds:.0f} s"
        time.sleep(0.1)
    return time.monotonic() - started


@contextmanager
def platform(folder: Path) -> Iterator[Platform]:
    """Make the machines and install all of it; everything is gone when the block ends."""
    with machines.network("control", *WORKERS, "data", "store") as network:
        options = ", ".join(f'{k} = "{v}"' for k, v in services.store_options(network.address("store")).items())
        settings = _SETTINGS.format(
            python=f"{sys.version_info.major}.{sys.version_info.minor}",
            lost=LOST_AFTER,
            store=services.store_url("sales"),
            options=f"{{ {options} }}",
            control=network.address("control"),
        )
        workspace = Workspace(folder / "workspace", settings)
        found = Platform(network, workspace, folder)
        found.install()
        password = found.control.read(f"{SECRETS}/password_airflow")
        workspace.own |= {"AIRSIDE_AIRFLOW_USERNAME": "airflow", "AIRSIDE_AIRFLOW_PASSWORD": password}
        yield found
