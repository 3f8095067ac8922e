"""The files for docker-compose, as text; `tests/targets/test_compose.py` runs them."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import compose_project
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rendered_subject import subject

from airside.base.errors import WorkspaceError
from airside.render.compose import render
from airside.render.overlays import with_overlays
from airside.render.rendered import RenderedFile
from airside.render.subject import Subject
from airside.render.watching import USER

CELERY = '[compose]\nexecutor = "CeleryExecutor"\nworkers = 2\n'
ALERTS = '[[alerts]]\nchannels = ["team"]\n'
LOGS = '[logs]\nurl = "s3://logs/{environment}"\n'
DEFAULTS = "[defaults]\nretries = 2\n"
EVERYTHING = CELERY + ALERTS + LOGS + DEFAULTS
MATRIX = [
    pytest.param("", (), id="development"),
    pytest.param(CELERY, ("production",), id="celery"),
    pytest.param(ALERTS, ("preprod", "production"), id="two environments"),
    pytest.param(EVERYTHING, (), id="all settings, in development"),
    pytest.param(EVERYTHING, ("production",), id="all settings"),
]
SECRETS = ("database_url", "fernet_key", "api_secret_key", "jwt_secret")


def written(files: tuple[RenderedFile, ...], folder: Path) -> Path:
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
        path.chmod(0o755 if file.executable else 0o644)
    return folder


def program(name: str) -> str:
    """Return a program of the development dependencies."""
    return str(Path(sys.executable).with_name(name))


def config(folder: Path) -> Any:  # noqa: ANN401 - what JSON holds
    """Return what docker-compose makes of the files, for which it needs no daemon."""
    (folder / "secrets").mkdir(exist_ok=True)
    (folder / "secrets" / "store.env").touch()
    done = subprocess.run(
        [compose_project.program(), "config", "--format", "json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def composed(of: Subject, folder: Path) -> Any:  # noqa: ANN401
    return config(written(render(of), folder))


@pytest.mark.parametrize(("said", "environments"), MATRIX)
def test_docker_compose_and_its_schema_take_it(said: str, environments: tuple[str, ...], tmp_path: Path) -> None:
    services = composed(subject(said, environments), tmp_path)["services"]
    schema = [program("check-jsonschema"), "--builtin-schema", "compose-spec", str(tmp_path / "compose.yaml")]
    subprocess.run(schema, check=True, capture_output=True)
    scripts = [program("shellcheck"), "--severity=style", str(tmp_path / "secrets.sh"), str(tmp_path / "operate.sh")]
    subprocess.run(scripts, check=True, capture_output=True)
    expected = {"postgres", "init", "api-server", "scheduler", "dag-processor", "triggerer"}
    expected |= {"redis", "worker"} if CELERY in said else set()
    expected |= {"alerts"} if ALERTS in said and environments else set()
    assert set(services) == expected


def test_every_part_that_stays_has_a_health_check_and_time_to_end(tmp_path: Path) -> None:
    services = composed(subject(EVERYTHING), tmp_path)["services"]
    lasting = {name: service for name, service in services.items() if name not in {"init", "alerts"}}
    assert all("healthcheck" in service for service in lasting.values())
    assert services["worker"]["stop_grace_period"] == "5m0s"


def test_workers_can_be_scaled(tmp_path: Path) -> None:
    worker = composed(subject(CELERY), tmp_path)["services"]["worker"]
    assert worker["deploy"]["replicas"] == 2
    assert "container_name" not in worker
    assert "ports" not in worker


def test_in_development_it_serves_the_folders_of_the_workspace_on_loopback_alone(tmp_path: Path) -> None:
    said = '[compose]\nhost = "0.0.0.0"\nport = 8081\n'
    services = composed(subject(said, ()), tmp_path / "deploy" / "compose")["services"]
    (port,) = services["api-server"]["ports"]
    assert (port["host_ip"], port["published"]) == ("127.0.0.1", "8081")
    mounts = {mount["target"]: mount for mount in services["dag-processor"]["volumes"]}
    assert mounts["/opt/airflow/workspace/dags"]["source"] == str(tmp_path / "dags")
    assert mounts["/opt/airflow/workspace/dags"]["read_only"]


def test_another_folder_of_workflows_can_be_mounted(tmp_path: Path) -> None:
    folder = written(render(subject("", ())), tmp_path)
    (folder / ".env").write_text("AIRFLOW_DAGS_LOCAL_FOLDER=/somewhere/else\n")
    mounts = {mount["target"]: mount for mount in config(folder)["services"]["scheduler"]["volumes"]}
    assert mounts["/opt/airflow/workspace/dags"]["source"] == "/somewhere/else"


def test_with_an_environment_it_follows_the_store(tmp_path: Path) -> None:
    services = composed(subject("", ("preprod", "production")), tmp_path)["services"]
    bundles = json.loads(services["dag-processor"]["environment"]["AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST"])
    assert [bundle["name"] for bundle in bundles] == ["preprod", "production"]
    kept = {service: [m["source"] for m in services[service]["volumes"]] for service in ("scheduler", "dag-processor")}
    assert kept == {"scheduler": ["bundles-scheduler", "logs"], "dag-processor": ["bundles-dag-processor", "logs"]}


def test_secrets_are_read_from_files(tmp_path: Path) -> None:
    environment = composed(subject(), tmp_path)["services"]["scheduler"]["environment"]
    commands = {value for name, value in environment.items() if name.endswith("_CMD")}
    assert commands == {f"cat /run/secrets/{name}" for name in SECRETS}


def test_an_overlay_for_one_service_changes_no_other(tmp_path: Path) -> None:
    overlay = "services: {scheduler: {environment: {OWN: of the scheduler}}}\nx-environment: {ALL: of all}\n"
    files = with_overlays(render(subject()), {"compose.yaml": overlay}, "deploy/overlays/compose")
    services = config(written(files, tmp_path))["services"]
    assert services["scheduler"]["environment"]["OWN"] == "of the scheduler"
    assert "OWN" not in services["triggerer"]["environment"]
    assert services["triggerer"]["environment"]["ALL"] == "of all"


def run_secrets(folder: Path, **variables: str) -> str:
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder), **variables}  # noqa: TID251 - a test's own
    done = subprocess.run(
        ["bash", folder / "secrets.sh"], env=environ, capture_output=True, text=True, check=True, cwd="/"
    )
    return done.stdout


def test_secrets_are_made_once_for_their_owner_alone_and_never_printed(tmp_path: Path) -> None:
    folder = written(render(subject(EVERYTHING)), tmp_path)
    said = run_secrets(folder, AWS_ACCESS_KEY_ID="an id", AWS_SECRET_ACCESS_KEY="a 'secret'")
    made = {path.name: path.read_text() for path in (folder / "secrets").iterdir()}
    named = set(yaml.safe_load((folder / "compose.yaml").read_text())["secrets"])
    assert set(made) == named | {"store.env", "passwords.json"}
    assert not [value for value in made.values() if value and value in said]
    assert {path.stat().st_mode & 0o777 for path in (folder / "secrets").iterdir()} == {0o600}
    assert len(made["jwt_secret"]) >= 64
    assert json.loads(made["passwords.json"])[USER] == made["alerts_password"]
    assert made["database_url"].startswith("postgresql+psycopg2://")
    assert made["result_backend"].startswith("db+postgresql+psycopg2://")
    run_secrets(folder)
    assert {path.name: path.read_text() for path in (folder / "secrets").iterdir()} == made


def test_in_development_everybody_knows_the_password(tmp_path: Path) -> None:
    folder = written(render(subject("", ())), tmp_path)
    run_secrets(folder)
    assert json.loads((folder / "secrets" / "passwords.json").read_text()) == {"airflow": "airflow"}


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ('[airflow.config.core]\nfernet_key = "aaaa"\n', "a secret does not belong here"),
        ('[airflow.config.core]\nexecutor = "CeleryExecutor"\n', "say one"),
        ('[airflow.config.database]\nsql_alchemy_conn = "sqlite:////tmp/a.db"\n', "cannot share an SQLite database"),
        ('[airflow.config.core]\nsimple_auth_manager_users = "a b:admin"\n', "cannot be a user"),
    ],
)
def test_what_cannot_run_is_refused(said: str, fault: str) -> None:
    with pytest.raises(WorkspaceError, match=fault):
        render(subject(said))


def test_development_at_an_address_is_refused() -> None:
    with pytest.raises(WorkspaceError, match="known to all"):
        render(subject('[compose]\nbase_url = "https://airflow.example.com"\n', ()))


def test_celery_without_its_table_is_no_setting() -> None:
    with pytest.raises(ValueError, match="LocalExecutor"):
        subject('[compose]\nexecutor = "SequentialExecutor"\n')


TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=30)


@given(
    value=TEXT,
    celery=st.booleans(),
    workers=st.integers(1, 100),
    port=st.integers(1, 65535),
    environments=st.sampled_from([(), ("production",), ("preprod", "production")]),
)
@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_whatever_the_settings_say_reaches_airflow_as_it_is(
    value: str, celery: bool, workers: int, port: int, environments: tuple[str, ...]
) -> None:
    executor = "CeleryExecutor" if celery else "LocalExecutor"
    said = f'[compose]\nexecutor = "{executor}"\nworkers = {workers}\nport = {port}\n'
    said += f"[airflow.config.section]\nkey = {json.dumps(value, ensure_ascii=False)}\n"
    of = subject(said, environments)
    assert render(of) == render(of)
    with tempfile.TemporaryDirectory() as folder:
        services = composed(of, Path(folder))["services"]
    # What it prints is escaped for being read again.
    assert services["scheduler"]["environment"]["AIRFLOW__SECTION__KEY"].replace("$$", "$") == value
