"""`airside worker` tells all that is missing before it starts anything."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from airside.base.errors import AirsideError, PlatformError, UsageError
from airside.cli import environ
from airside.cli.main import run
from airside.platform.worker import require_ready, worker_command

BUNDLES = [
    {"name": "production", "classpath": "airside.airflow.ReleaseBundle", "kwargs": {"store": "/s", "environment": "p"}}
]
READY = {
    "CORE__EXECUTOR": "airflow.providers.celery.executors.celery_executor.CeleryExecutor",
    "CORE__EXECUTION_API_SERVER_URL": "http://127.0.0.1:1/execution/",
    "CELERY__BROKER_URL": "redis://me:broker-secret@127.0.0.1:1/0",
    "CELERY__RESULT_BACKEND": "db+postgresql+psycopg2://me:results-secret@127.0.0.1:1/x",
    "DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps(BUNDLES),
}


def machine(home: Path, **options: str) -> dict[str, str]:
    kept = {name: value for name, value in environ.variables().items() if not name.startswith("AIRFLOW")}
    return kept | {"AIRFLOW_HOME": str(home)} | {f"AIRFLOW__{name}": value for name, value in options.items()}


def refusal(variables: dict[str, str], python: str = sys.executable) -> AirsideError:
    with pytest.raises(AirsideError) as refused:
        require_ready(python, variables)
    return refused.value


@pytest.mark.slow
def test_all_that_is_not_configured_is_told_at_once(tmp_path: Path) -> None:
    refused = refusal(machine(tmp_path))
    assert isinstance(refused, UsageError)
    for said in (
        "[core] executor is LocalExecutor, whose tasks no Celery worker gets",
        "dag_bundle_config_list names no bundle",
        "The API server at http://localhost:8080/execution/ does not answer",
        "[celery] broker_url is not set",
        "[celery] result_backend is not set",
    ):
        assert said in refused.message


def test_what_does_not_answer_is_told_without_its_password(tmp_path: Path) -> None:
    refused = refusal(machine(tmp_path, **READY))
    assert isinstance(refused, PlatformError)
    assert "The API server at http://127.0.0.1:1/execution/ does not answer" in refused.message
    assert "The broker redis://***@127.0.0.1:1/0 does not answer" in refused.message
    assert "results db+postgresql+psycopg2://***@127.0.0.1:1/x does not answer" in refused.message
    assert "secret" not in refused.message
    assert "(3)" in refused.message, "and nothing else"


@pytest.mark.slow
def test_a_bundle_that_cannot_be_made_is_told_with_its_reason(tmp_path: Path) -> None:
    wrong = json.dumps([{**BUNDLES[0], "kwargs": {"store": "/s", "environment": "Not One"}}])
    refused = refusal(machine(tmp_path, **{**READY, "DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": wrong}))
    assert isinstance(refused, UsageError)
    assert "The bundle production cannot be made: 'Not One' cannot be the name of an environment" in refused.message


@pytest.mark.parametrize(
    ("absent", "said"),
    [
        ("airflow", "There is no Airflow beside"),
        pytest.param("celery", "provider for Celery is not installed", marks=pytest.mark.slow),
    ],
)
def test_what_is_not_installed_is_told(tmp_path: Path, absent: str, said: str) -> None:
    (tmp_path / "sitecustomize.py").write_text(f"import sys\nsys.modules[{absent!r}] = None\n")
    refused = refusal(machine(tmp_path) | {"PYTHONPATH": str(tmp_path)})
    assert isinstance(refused, UsageError)
    assert said in refused.message


@pytest.mark.slow
def test_an_airflow_that_cannot_even_be_asked_is_told_with_its_last_words(tmp_path: Path) -> None:
    (tmp_path / "airflow.cfg").write_text("no section\n")
    refused = refusal(machine(tmp_path))
    assert isinstance(refused, PlatformError)
    assert "cannot be asked what a worker needs" in refused.message


def test_an_airflow_that_does_not_answer_is_not_waited_for_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("airside.platform.worker._PATIENCE", 0.5)
    slow = tmp_path / "python"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    assert "not found out within" in refusal(machine(tmp_path), str(slow)).message


def test_what_is_not_said_is_left_to_airflow() -> None:
    assert worker_command("python") == ["python", "-m", "airflow", "celery", "worker"]
    more = ["--queues", "a,b", "--concurrency", "4", "--celery-hostname", "heavy@%h"]
    assert worker_command("python", ("a", "b"), 4, "heavy@%h") == [*worker_command("python"), *more]
    assert worker_command("python", logs=False) == [*worker_command("python"), "--skip-serve-logs"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--queues", "a,,b"], "--queues: '' cannot name a queue"),
        (["--queues", "a b"], "--queues: 'a b' cannot name a queue"),
        (["--queues", ""], "--queues: '' cannot name a queue"),
        (["--concurrency", "0"], "0 is not in the range x>=1"),
        (["--name", "a b"], "--name: 'a b' cannot name a worker"),
        (["--name", "--pidfile=x"], "--name: '--pidfile=x' cannot name a worker"),
    ],
)
def test_a_wrong_option_is_refused_before_airflow_is_asked(
    arguments: list[str], said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["worker", *arguments]) == 2
    assert said in capfd.readouterr().err


@pytest.fixture
def ready(tmp_path: Path) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """The verb, in a Python whose Airflow lacks nothing and only says how it was started."""
    package = tmp_path / "airflow"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text("import os, sys\nprint('became', os.getpid(), *sys.argv[1:])\nsys.exit(7)\n")
    (tmp_path / "sitecustomize.py").write_text(
        "import airside.platform.worker as worker\nworker._LOOKING = ('-c', 'print([])')\n"
    )

    def start(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "airside", "worker", *arguments]
        variables = machine(tmp_path) | {"PYTHONPATH": str(tmp_path)}
        return subprocess.run(command, env=variables, cwd=tmp_path, capture_output=True, text=True, check=False)

    return start


def test_it_becomes_the_worker_and_ends_as_that_does(ready: Callable[..., "subprocess.CompletedProcess[str]"]) -> None:
    done = ready("--queues", "default,heavy", "--concurrency", "2", "--no-logs")
    assert done.returncode == 7, done.stderr
    told = ["--queues", "default,heavy", "--concurrency", "2", "--skip-serve-logs"]
    assert done.stdout.split()[2:] == ["celery", "worker", *told]


def test_a_check_starts_nothing(ready: Callable[..., "subprocess.CompletedProcess[str]"]) -> None:
    done = ready("--check")
    assert (done.returncode, "became" in done.stdout) == (0, False), done.stderr
    assert json.loads(ready("--check", "--json").stdout) == {"ready": True}
