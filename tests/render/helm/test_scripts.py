"""The scripts, run as they are, against a cluster that records what it is asked."""

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import helm_files
import pytest
from helm_files import files, subject

from airside.render.helm import DagSource
from airside.render.subject import Subject

EVERY = [pytest.param(made, source, id=name) for name, made, source in helm_files.every()]
DATABASE = "postgresql://airflow:pass%2Fword@db.example.com/airflow"
GIVEN = {"AIRFLOW_DATABASE_URL": DATABASE, "AWS_ACCESS_KEY_ID": "key-id", "AWS_SECRET_ACCESS_KEY": "the-secret-key"}
ROUTE = {"channels": ["chat"]}


@dataclass(frozen=True)
class Cluster:
    """One that is not there, and the rendered files."""

    folder: Path

    def render(self, made: Subject, source: DagSource = DagSource.RELEASE) -> None:
        for name, text in files(made, source).items():
            path = self.folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
            path.chmod(0o755)

    def run(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environ = {"PATH": f"{self.folder}/bin:{os.defpath}", "FAKE_CLUSTER": str(self._state), **variables}
        return subprocess.run(
            [str(self.folder / words[0]), *words[1:]], env=environ, capture_output=True, text=True, check=False
        )

    def secrets(self, namespace: str = "airflow") -> dict[str, dict[str, str]]:
        found = self.state.get("secrets", {}).get(namespace, {})
        return {
            name: {key: base64.b64decode(value).decode() for key, value in data.items()} for name, data in found.items()
        }

    @property
    def _state(self) -> Path:
        return self.folder / "cluster.json"

    @property
    def state(self) -> Mapping[str, Any]:
        loaded: dict[str, Any] = json.loads(self._state.read_text())
        return loaded

    def change(self, **values: object) -> None:
        before = dict(self.state) if self._state.exists() else {}
        self._state.write_text(json.dumps({**before, **values}))


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    (tmp_path / "bin").mkdir()
    (tmp_path / "keys.txt").write_text("AGE-SECRET-KEY-1ABC\n")
    program = (Path(helm_files.__file__).parent / "fake_cluster.py").read_text()
    for name in ("kubectl", "helm"):
        (tmp_path / "bin" / name).write_text(program.replace("/usr/bin/env python3", sys.executable, 1))
        (tmp_path / "bin" / name).chmod(0o755)
    return Cluster(tmp_path)


@pytest.mark.parametrize(("made", "source"), EVERY)
def test_scripts_have_no_fault_that_shellcheck_knows(made: Subject, source: DagSource, cluster: Cluster) -> None:
    cluster.render(made, source)
    program = shutil.which("shellcheck", path=f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}")
    assert program is not None
    done = subprocess.run([program, *cluster.folder.glob("*.sh")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_secrets_are_made_once_and_never_changed(cluster: Cluster) -> None:
    cluster.render(subject({"executor": "CeleryExecutor"}))
    given = {**GIVEN, "AIRFLOW_BROKER_URL": "redis://broker/0", "SOPS_AGE_KEY_FILE": str(cluster.folder / "keys.txt")}
    done = cluster.run("secrets.sh", **given)
    assert done.returncode == 0, done.stderr
    made = cluster.secrets()
    assert made["airside-database"] == {"connection": DATABASE.replace("postgresql://", "postgresql+psycopg2://")}
    assert made["airside-celery-results"]["connection"].startswith("db+postgresql+psycopg2://airflow:pass%2Fword@")
    assert made["airside-store"] == {name: GIVEN[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
    assert made["airside-age-key"] == {"keys.txt": "AGE-SECRET-KEY-1ABC\n"}
    # HMAC-SHA512 wants keys of 64 bytes; Fernet wants 32, in the alphabet of URLs.
    assert len(base64.b64decode(made["airside-jwt-secret"]["jwt-secret"])) == 64
    assert len(base64.urlsafe_b64decode(made["airside-fernet-key"]["fernet-key"])) == 32
    again = cluster.run("secrets.sh", **{**given, "AIRFLOW_DATABASE_URL": "postgresql://elsewhere/airflow"})
    assert (again.returncode, cluster.secrets()) == (0, made)
    assert again.stdout.startswith("0 secrets made")


def test_a_secret_that_lacks_a_key_is_completed(cluster: Cluster) -> None:
    cluster.render(subject({"secrets": {"age": ""}}))
    there = {"airside-store": {"AWS_ACCESS_KEY_ID": base64.b64encode(b"mine").decode()}}
    cluster.change(secrets={"airflow": there}, namespaces=["airflow"])
    assert cluster.run("secrets.sh", **GIVEN).returncode == 0
    assert cluster.secrets()["airside-store"] == {
        "AWS_ACCESS_KEY_ID": "mine",
        "AWS_SECRET_ACCESS_KEY": "the-secret-key",
    }


def test_no_secret_is_on_a_command_line(cluster: Cluster) -> None:
    cluster.render(subject({"secrets": {"age": ""}}, alerts=[ROUTE]))
    assert cluster.run("secrets.sh", **GIVEN).returncode == 0
    assert cluster.run("create-admin.sh", AIRFLOW_ADMIN_PASSWORD="hunter2!").returncode == 0
    said = json.dumps(cluster.state["calls"])
    values = [value for data in cluster.secrets().values() for value in data.values()]
    assert len(values) >= 6
    for value in (*values, "hunter2!", "the-secret-key", "pass%2Fword"):
        assert value not in said
        assert base64.b64encode(value.encode()).decode() not in said
    watcher = cluster.secrets()["airside-alerts"]["password"]
    assert cluster.state["stdin"] == ["hunter2!\nhunter2!\n", f"{watcher}\n{watcher}\n"]


def test_what_is_missing_is_told_at_once_and_nothing_is_made(cluster: Cluster) -> None:
    cluster.render(subject())
    done = cluster.run("secrets.sh", AWS_ACCESS_KEY_ID="key-id")
    assert done.returncode == 2
    for name in ("AIRFLOW_DATABASE_URL", "AWS_SECRET_ACCESS_KEY", "SOPS_AGE_KEY_FILE"):
        assert name in done.stderr
    assert not cluster.secrets()
    assert cluster.run("create-admin.sh").returncode == 2


def test_a_cluster_out_of_reach_is_no_cluster_without_secrets(cluster: Cluster) -> None:
    cluster.render(subject({"secrets": {"age": ""}}))
    cluster.change(down=True)
    done = cluster.run("secrets.sh", **GIVEN)
    assert done.returncode == 1
    assert "create" not in json.dumps(cluster.state["calls"])


def test_the_tasks_of_a_team_have_their_own_copies(cluster: Cluster) -> None:
    cluster.render(subject({"teams": {"sales": {}}, "secrets": {"age": ""}}))
    assert cluster.run("secrets.sh", **GIVEN).returncode == 0
    assert set(cluster.secrets("airflow-sales")) == {"airside-store"}
    assert cluster.state["namespaces"] == ["airflow", "airflow-sales"]


def test_deploy_installs_the_version_that_the_settings_name(cluster: Cluster) -> None:
    cluster.render(subject({"release": "prod", "namespace": "data", "workers": {"cache": "node"}}, alerts=[ROUTE]))
    assert cluster.run("deploy.sh", "--dry-run=server").returncode == 0
    calls = [" ".join(call) for call in cluster.state["calls"]]
    upgrade = next(call for call in calls if call.startswith("helm upgrade"))
    assert "upgrade --install prod apache-airflow/airflow --version 1.18.0 --namespace data" in upgrade
    assert "--set-file podTemplate=pod-template.yaml" in upgrade
    assert upgrade.endswith("--dry-run=server")
    order = [calls.index(f"kubectl apply --filename {name}") for name in ("node-cache.yaml", "alerts-watcher.yaml")]
    assert order[0] < calls.index(upgrade) < order[1]


@pytest.mark.parametrize("verb", ["start", "stop", "restart", "status", "logs", "bash", "deploy"])
def test_every_verb_of_the_makefile_is_there(cluster: Cluster, verb: str) -> None:
    cluster.render(subject())
    done = cluster.run("operate.sh", verb)
    assert done.returncode == 0, done.stderr
    assert cluster.state["calls"]
