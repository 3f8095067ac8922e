"""A worker on a machine of its own: started by one verb, it runs the tasks of a release, and ends when they have."""

import configparser
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis_server
from airflow_place import PATIENCE, Place, until
from folders import SETTINGS

from airside.platform.ports import free_port

pytestmark = [
    pytest.mark.platform,
    pytest.mark.slow(together=True),
    pytest.mark.skipif(redis_server.program() is None, reason=redis_server.NONE),
]

SHARED = {
    "core": ("executor", "execution_api_server_url", "fernet_key"),
    "celery": ("broker_url",),
    "dag_processor": ("dag_bundle_config_list",),
    "secrets": ("backend", "backend_kwargs"),
    "api_auth": ("jwt_secret",),
}
"""The options that a worker has in common with the scheduler; none of its database but the results."""


@dataclass(frozen=True)
class Machine:
    """Where the worker runs: it shares no folder with the Airflow whose tasks it runs."""

    home: Path
    environ: dict[str, str]

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "airside", "worker", *arguments]

    def check(self) -> "subprocess.CompletedProcess[str]":
        line = self.command("--check", "--json")
        return subprocess.run(line, env=self.environ, cwd=self.home, capture_output=True, text=True, check=False)

    @contextmanager
    def worker(self, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
        log = self.home / "worker.log"
        with log.open("wb") as out:
            line = self.command(*arguments)
            process = subprocess.Popen(line, env=self.environ, cwd=self.home, stdout=out, stderr=out)
        try:
            until(lambda: process.poll() is not None or b" ready." in log.read_bytes())
            assert process.poll() is None, log.read_text()
            yield process
        finally:
            process.terminate()
            process.wait(PATIENCE)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """An Airflow that gives its tasks to workers, and runs none itself."""
    with redis_server.serve(tmp_path_factory.mktemp("redis")) as redis:
        options = (
            f'[airflow.config.core]\nexecutor = "CeleryExecutor"\n[airflow.config.celery]\nbroker_url = "{redis.url}"'
        )
        made = Place(tmp_path_factory.mktemp("celery") / "place", f"{SETTINGS}\n{options}\n")
        try:
            made.airside("up", "--detach", "--track", "production", "--port", str(free_port(28500)))
            made.deploy("first")
            yield made
        finally:
            made.airside("down")
            made.airside("clean")


@pytest.fixture
def machine(place: Place, tmp_path: Path) -> Machine:
    home = tmp_path / "home"
    home.mkdir()
    config = configparser.RawConfigParser()
    config.read(place.workspace.state / "airflow" / "airflow.cfg")
    said = {
        f"AIRFLOW__{section}__{key}".upper(): config[section][key] for section, keys in SHARED.items() for key in keys
    }
    said["AIRFLOW__CELERY__RESULT_BACKEND"] = "db+" + config["database"]["sql_alchemy_conn"]
    said = {name: value.replace("%%", "%") for name, value in said.items()}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "PYTHONDONT"))}  # noqa: TID251
    own = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": str(home / "bundles"),
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(free_port(28550)),
    }
    return Machine(home, {**kept, **Place.variables, **said, **own})


def test_a_machine_that_has_all_that_a_worker_needs_is_told_so(machine: Machine) -> None:
    told: list[str] = []

    def ready() -> bool:
        done = machine.check()
        told.append(done.stderr)
        return done.returncode == 0 and json.loads(done.stdout) == {"ready": True}

    started = time.monotonic()
    while not ready():  # on a busy machine a service may not answer in time
        assert time.monotonic() - started < PATIENCE, told[-1]


def test_a_worker_runs_the_tasks_of_a_release_and_lets_them_end_when_it_is_to_stop(
    place: Place, machine: Machine, tmp_path: Path
) -> None:
    client = place.client()
    with machine.worker("--concurrency", "1", "--name", "first") as worker:
        flag = tmp_path / "flag"
        run = client.trigger("waiting", {"flag": str(flag)})
        until(flag.with_suffix(".started").exists)
        worker.send_signal(signal.SIGTERM)
        time.sleep(3)
        assert worker.poll() is None, "it waits for its task"
        flag.touch()
        assert worker.wait(PATIENCE) == 0
        until(lambda: client.run_state("waiting", run).state in {"success", "failed"})
        assert client.run_state("waiting", run).state == "success"
    [log] = machine.home.glob("logs/dag_id=waiting/**/*.log")
    assert "first" in log.read_text(), "what the task returned"
    assert list((machine.home / "bundles").rglob("version.py")), "it has fetched the release itself"
    assert not list((place.workspace.state / "logs" / "tasks").glob("dag_id=waiting/**/*.log"))
