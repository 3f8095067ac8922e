"""The scripts make a machine what its roles say: on real systemd, with programs that stand for Airflow's."""

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import machines
import pytest
from celery_subjects import LOCK, subject
from machines import Machine, Network

from airside.render.celery import render
from airside.render.subject import Subject

pytestmark = pytest.mark.skipif(machines.missing() is not None, reason=machines.missing() or "")

STUB = Path(__file__).parents[2] / "support" / "stub_uv.sh"
CONTROL = ("api-server", "dag-processor", "scheduler", "triggerer")
SECRETS = "/etc/airside/secrets"
GIVEN = {
    "database_url": "postgresql+psycopg2://airflow:a@data/airflow\n",
    "broker_url": "redis://:b@data:6379/0",
    "result_backend": "db+postgresql+psycopg2://airflow:a@data/airflow",
}


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with machines.network("control", "worker", "both", "bare") as found:
        yield found


def machine(network: Network, name: str, given: Mapping[str, str] = GIVEN) -> Machine:
    """Start a machine that has a uv, and the secrets that somebody has to write."""
    found = network.boot(name)
    found.write("/usr/local/bin/uv", STUB.read_text(), mode="755")
    for secret, value in given.items():
        found.write(f"{SECRETS}/{secret}", value)
    return found


def bring(found: Machine, rendered: Subject, lock: bytes = LOCK) -> None:
    """Copy what is rendered to the machine, as a user does."""
    for file in render(rendered):
        found.write(f"/root/deploy/{file.path}", file.text, mode="755" if file.executable else "644")
    found.write("/root/deploy/requirements.lock", lock.decode())


def install(found: Machine, *roles: str, code: int = 0) -> str:
    done = found.run("/root/deploy/install.sh", *roles, check=False)
    assert done.returncode == code, done
    return done.stdout + done.stderr


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def processes(found: Machine, *units: str) -> dict[str, int]:
    until(lambda: all(found.is_active(f"airside-{unit}") for unit in units))
    return {unit: found.main_process(f"airside-{unit}") for unit in units}


def variables(found: Machine, command: str) -> dict[str, str]:
    path = f"/var/lib/airside/variables-of-{command}"
    until(lambda: found.run("test", "-s", path, check=False).returncode == 0)
    pairs = (entry.partition("=") for entry in found.read(path).split("\0") if entry)
    return {name: value for name, _, value in pairs}


@pytest.fixture(scope="module")
def control(network: Network) -> Machine:
    found = machine(network, "control")
    bring(found, subject())
    install(found, "control")
    return found


def test_the_control_host_runs_its_services_as_an_account_of_their_own(control: Machine) -> None:
    for pid in processes(control, *CONTROL).values():
        assert control.run("stat", "-c", "%U", f"/proc/{pid}").stdout == "airflow\n"
        assert "NoNewPrivs:\t1" in control.read(f"/proc/{pid}/status")
    assert control.run("systemctl", "is-enabled", "airside.target", "airside-scheduler").stdout == "enabled\nenabled\n"


def test_every_service_gets_the_variables_of_the_files_and_the_tables_are_made_first(control: Machine) -> None:
    processes(control, *CONTROL)
    assert variables(control, "db")["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD"] == f"cat {SECRETS}/database_url"
    got = variables(control, "scheduler")
    assert got["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "https://airflow.example.com/execution/"
    assert got["AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST"].startswith('[{"name": "production"')
    assert got["HOME"] == "/var/lib/airside"


def test_keys_are_made_once_and_are_for_root_and_the_account_alone(control: Machine) -> None:
    names = ("fernet_key", "api_secret_key", "jwt_secret", "password_airflow", *GIVEN)
    paths = [f"{SECRETS}/{name}" for name in names]
    assert set(control.run("stat", "-c", "%U:%G %a", *paths).stdout.splitlines()) == {"root:airflow 640"}
    values = {name: control.read(f"{SECRETS}/{name}") for name in names}
    assert len(values["fernet_key"]) == 44
    assert len(values["jwt_secret"]) >= 64
    # Airflow takes what a command prints as it is: a line break would be part of the name of the database.
    assert values["database_url"] == GIVEN["database_url"].strip()
    passwords = control.read("/var/lib/airside/passwords.json")
    assert passwords == f'{{"airflow": "{values["password_airflow"]}"}}\n'
    said = install(control, "control")
    assert not any(value in said for value in values.values())
    assert values == {name: control.read(f"{SECRETS}/{name}") for name in names}


def test_installing_again_starts_nothing_again(control: Machine) -> None:
    before = processes(control, *CONTROL)
    install(control)  # with the roles of the last time
    assert processes(control, *CONTROL) == before


def test_a_service_that_is_killed_comes_back(control: Machine) -> None:
    before = processes(control, "triggerer")["triggerer"]
    control.run("kill", "-9", str(before))
    until(lambda: control.main_process("airside-triggerer") not in {0, before})


def test_a_worker_has_no_secret_of_the_control_host_and_ends_its_task_before_it_ends(
    network: Network, control: Machine
) -> None:
    given = {name: GIVEN[name] for name in ("broker_url", "result_backend")}
    worker = machine(network, "worker", given)
    bring(worker, subject({"grace": "25s"}))
    said = install(worker, "worker", code=1)
    assert f"{SECRETS}/api_secret_key is missing: copy it from the control host" in said
    assert worker.run("systemctl", "list-units", "--plain", "--no-legend", "airside*").stdout == ""
    worker.write(f"{SECRETS}/api_secret_key", control.read(f"{SECRETS}/api_secret_key"))
    install(worker, "worker")
    processes(worker, "logs", "worker-default")
    assert worker.run("ls", SECRETS).stdout.split() == ["age.txt", "api_secret_key", "broker_url", "result_backend"]
    assert not [name for name in variables(worker, "worker") if "DATABASE" in name or "FERNET" in name]
    worker.run("systemctl", "stop", "--no-block", "airside-worker-default")
    until(lambda: "deactivating" in worker.run("systemctl", "is-active", "airside-worker-default", check=False).stdout)
    time.sleep(2)
    assert worker.main_process("airside-worker-default")
    worker.run("touch", "/var/lib/airside/task-has-ended")
    until(lambda: not worker.main_process("airside-worker-default"))
    assert worker.run("test", "-e", "/var/lib/airside/ended-after-its-task").returncode == 0


@pytest.mark.slow
def test_other_packages_and_other_roles_change_what_runs(network: Network) -> None:
    found = machine(network, "both")
    found.run("mkdir", "-p", "/var/lib/airside")
    found.run("touch", "/var/lib/airside/task-has-ended")
    bring(found, subject())
    install(found, "control", "worker")
    before = processes(found, *CONTROL, "logs", "worker-default")
    old = found.run("readlink", "/opt/airside/current").stdout
    found.write("/root/deploy/requirements.lock", "apache-airflow==3.4.0\n")
    assert "is another one than these files were rendered for" in install(found, code=1)
    assert processes(found, *before) == before
    bring(found, subject(lock=b"apache-airflow==3.4.0\n"), b"apache-airflow==3.4.0\n")
    install(found)
    until(lambda: all(processes(found, unit)[unit] != pid for unit, pid in before.items()))
    assert found.run("readlink", "/opt/airside/current").stdout != old
    assert (
        len(found.run("ls", "/opt/airside/environments").stdout.split()) == 2
    )  # a worker may still run in the old one
    install(found, "worker")
    until(lambda: not any(found.is_active(f"airside-{unit}") for unit in CONTROL))
    assert found.is_active("airside-worker-default")
    assert found.run("test", "-e", "/etc/airside/control.env", check=False).returncode == 1


def test_a_machine_without_its_secrets_starts_nothing_and_says_all_that_is_missing(network: Network) -> None:
    bare = machine(network, "bare", {"database_url": "postgresql://airflow@data/airflow"})
    bring(bare, subject())
    said = install(bare, "control", code=1)
    assert "broker_url is missing: the URL of the broker of Celery, such as redis://" in said
    assert "result_backend is missing" in said
    assert "database_url has to begin with postgresql+psycopg2://" in said
    assert "nothing was started" in said
    assert bare.run("systemctl", "list-units", "--plain", "--no-legend", "airside*").stdout == ""
    assert install(bare, "boss", code=2).startswith("install.sh: boss is no role")
