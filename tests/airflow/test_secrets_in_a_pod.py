"""A task as the KubernetesExecutor runs it: a program in a pod that has nothing yet, and no database of Airflow."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import seaweed
from sealed import Identity, make_identity, seal
from secret_shipping import apply_documents
from shipping import deploy

from airside.store.opening import open_store

pytestmark = [pytest.mark.platform, pytest.mark.objectstore]

SUPPORT = Path(__file__).parent.parent / "support"
ORDERS = """\
from datetime import datetime
from airflow.sdk import Connection, Variable, dag, task
from airside import credentials, current_environment

@dag(schedule=None, start_date=datetime(2026, 11, 1))
def orders():
    @task
    def first():
        connection = Connection.get("dwh")
        print("connection:", connection.host, connection.password, connection.extra_dejson["deep"]["token"])
        print("credential:", credentials.get("dwh").uri)
        print("variable:", Variable.get("region"), len(Variable.get("region")))
        print("environment:", current_environment())
    first()

orders()
"""
SECRETS = """\
connections:
  dwh:
    {conn_type: postgres, host: db.example.com, login: etl, password: canary-password, extra: {deep: {token: canary-t}}}
variables: {region: canary-region}
"""


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[seaweed.Server]:
    with seaweed.serve(tmp_path_factory.mktemp("seaweed")) as server:
        yield server


@pytest.fixture
def identity() -> Identity:
    return make_identity()


@pytest.fixture
def place(s3: seaweed.Server, tmp_path: Path, identity: Identity) -> Mapping[str, Any]:
    """A bucket with a release and secrets of `production`: where it is, as bundles and the backend are told."""
    url = s3.url(tmp_path.name)
    bucket = open_store(url, s3.options)
    deploy(bucket, {"dags/orders.py": ORDERS})
    apply_documents(bucket, {"production": seal(SECRETS, identity)})
    return {"store": url, "store_options": s3.options, "environment": "production"}


def options(home: Path, bundle: Mapping[str, Any], database: str) -> dict[str, str]:
    """Return the variables of a process of an Airflow whose files are in `home`."""
    home.mkdir()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "SOPS"))}  # noqa: TID251
    return {
        **inherited,
        "HOME": str(home),
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": str(home / "bundles"),
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps([bundle]),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database,
    }


@pytest.fixture
def pod(place: Mapping[str, Any], tmp_path: Path, identity: Identity) -> Iterator[Callable[..., str]]:
    """Run the task as a pod does; return what its container logs."""
    bundle = {
        "name": "production",
        "classpath": "airside.airflow.ReleaseBundle",
        "kwargs": {**place, "refresh_interval": 1},
    }
    server = options(tmp_path / "server", bundle, f"sqlite:///{tmp_path}/airflow.db")
    command = [sys.executable, "-W", "ignore", str(SUPPORT / "execution_server.py"), json.dumps(bundle)]
    with subprocess.Popen(command, env=server, stdout=subprocess.PIPE, text=True) as api:
        assert api.stdout is not None
        found = next(line.split(" ", 1) for line in api.stdout if line[:1].isdigit() and '"ExecuteTask"' in line)
        port, workload = found

        def run(**variables: str) -> str:
            environ = {
                **options(tmp_path / "pod", bundle, "sqlite:////nonexistent/airflow.db"),
                "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/",
                "AIRFLOW__SECRETS__BACKEND": "airside.airflow.SecretsBackend",
                "AIRFLOW__SECRETS__BACKEND_KWARGS": json.dumps(place),
                "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(tmp_path / "logs"),
                **identity.variables,
                **variables,
            }
            module = "airflow.sdk.execution_time.execute_workload"
            command = [sys.executable, "-W", "ignore", "-m", module, "--json-string", workload]
            done = subprocess.run(
                command, env=environ, capture_output=True, text=True, check=False, timeout=100, cwd=tmp_path
            )
            logs = "".join(path.read_text() for path in (tmp_path / "logs").rglob("*.log"))
            return done.stdout + done.stderr + logs

        yield run
        api.kill()


def test_a_pod_that_has_nothing_yet_gets_its_secrets_and_shows_none(pod: Callable[..., str]) -> None:
    said = pod()
    assert "connection: db.example.com *** ***" in said, said
    assert "credential: postgres://etl:***@db.example.com" in said
    assert "variable: *** 13" in said
    assert "environment: production" in said
    assert '"final_state":"success"' in said.replace(" ", "")
    assert "canary" not in said
