"""The scripts make, fill and deploy the apps; each may run again."""

import hashlib
import json
import subprocess
from pathlib import Path

import fake_clever
import pytest
from fake_clever import Cloud
from rendered_subject import subject

from airside.render.clevercloud.rendering import render

SETTINGS = """
[airflow]
python = "3.11"
[logs]
url = "s3://sales-logs/{environment}"
endpoint = "https://cellar-c2.services.clever-cloud.com"
[clevercloud]
domain = "airflow.example.com"
organisation = "My Org"
executor = "CeleryExecutor"
workers = 2
"""
LOCK = "apache-airflow==3.3.2\n"
APPS = ["sales-flows-api", "sales-flows-scheduler", "sales-flows-worker"]


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    return fake_clever.install(tmp_path / "cloud")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace with what is rendered for Clever Cloud in it."""
    folder = tmp_path / "a workspace" / "deploy" / "clevercloud" / "production"
    for file in render(subject(SETTINGS, target="clevercloud")):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text)
        path.chmod(0o755 if file.executable else 0o644)
    (tmp_path / "a workspace" / "airside.toml").touch()
    (tmp_path / "a workspace" / "requirements.lock").write_text(LOCK)
    return folder


def run(folder: Path, cloud: Cloud, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        list(command), cwd=folder, env=cloud.environ | environ, capture_output=True, text=True, check=False, timeout=120
    )


def created(folder: Path, cloud: Cloud) -> None:
    done = run(folder, cloud, "./create.sh")
    assert done.returncode == 0, done.stderr


def commit(cloud: Cloud, alias: str) -> str:
    words = ["git", "-C", str(cloud.remote(alias)), "rev-parse", "master"]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


def test_what_it_renders_is_for_this_lock_file() -> None:
    assert f"sha256-{hashlib.sha256(LOCK.encode()).hexdigest()}" == str(subject().lock)


@pytest.mark.slow
def test_apps_and_add_ons_are_made_once_and_linked(folder: Path, cloud: Cloud) -> None:
    created(folder, cloud)
    names = ["sales-flows-postgres", "sales-flows-cellar", "sales-flows-redis"]
    providers = ["postgresql-addon", "cellar-addon", "redis-addon"]
    assert cloud.state["addons"] == dict(zip(names, providers, strict=True))
    assert {alias: app["addons"] for alias, app in cloud.state["apps"].items()} == dict.fromkeys(APPS, names)
    assert "airflow.example.com" in cloud.state["apps"]["sales-flows-api"]["domains"]
    assert ["scale", "--alias", "sales-flows-worker", "--flavor", "M", "--instances", "2", "--build-flavor", "M"] in (
        cloud.calls()
    )
    assert cloud.said("create")[0][-3:] == ["--org", "My Org", "sales-flows-api"]
    before = cloud.state
    created(folder, cloud)
    assert cloud.state == before
    assert len(cloud.said("create")) == len(APPS)


@pytest.mark.parametrize("options", [[], ["--git"]], ids=["clever", "git"])
def test_a_deploy_sets_variables_and_pushes_a_commit_of_each_app(
    folder: Path, cloud: Cloud, options: list[str]
) -> None:
    created(folder, cloud)
    done = run(folder, cloud, "./deploy.sh", *options)
    assert done.returncode == 0, done.stderr
    words = ["git", "-C", str(cloud.remote("sales-flows-scheduler")), "ls-tree", "-r", "--name-only", "master"]
    listed = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
    assert {"Dockerfile", "requirements.lock", "app/start.sh", "app/provided.py", "app/group.ini"} <= set(listed)
    assert not [path for path in listed if path.endswith(".env")]
    env = cloud.state["apps"]["sales-flows-scheduler"]["env"]
    assert env["AIRFLOW__CORE__EXECUTOR"] == "CeleryExecutor"
    assert (
        env["AIRFLOW__CORE__FERNET_KEY"] == cloud.state["apps"]["sales-flows-api"]["env"]["AIRFLOW__CORE__FERNET_KEY"]
    )
    assert len(cloud.said("deploy")) == (0 if options else len(APPS))


@pytest.mark.slow
def test_equal_files_are_one_commit_and_a_change_is_another(folder: Path, cloud: Cloud) -> None:
    created(folder, cloud)
    run(folder, cloud, "./deploy.sh", "--git")
    before = [commit(cloud, alias) for alias in APPS]
    assert run(folder, cloud, "./deploy.sh", "--git").returncode == 0
    assert [commit(cloud, alias) for alias in APPS] == before
    (folder / "scheduler" / "app" / "before-start.sh").write_text("# another\n")
    assert run(folder, cloud, "./deploy.sh", "--git").returncode == 0
    after = [commit(cloud, alias) for alias in APPS]
    assert [one == other for one, other in zip(before, after, strict=True)] == [True, False, True]


@pytest.mark.slow
def test_no_secret_is_shown_or_an_argument(folder: Path, cloud: Cloud) -> None:
    created(folder, cloud)
    key = "AGE-SECRET-KEY-1ABCDEF"
    done = [run(folder, cloud, "./secrets.sh", "SOPS_AGE_KEY", SOPS_AGE_KEY=key), run(folder, cloud, "./deploy.sh")]
    assert [each.returncode for each in done] == [0, 0]
    env = cloud.state["apps"]["sales-flows-api"]["env"]
    assert env["SOPS_AGE_KEY"] == key
    secrets = [key, *json.loads(env["AIRSIDE_PASSWORDS"]).values(), env["AIRFLOW__API_AUTH__JWT_SECRET"]]
    said = json.dumps(cloud.calls()) + "".join(each.stdout + each.stderr for each in done)
    assert not [secret for secret in secrets if secret in said]


def test_another_lock_file_is_refused_and_nothing_is_pushed(folder: Path, cloud: Cloud) -> None:
    created(folder, cloud)
    (folder.parents[2] / "requirements.lock").write_text("apache-airflow==3.4.0\n")
    done = run(folder, cloud, "./deploy.sh")
    assert done.returncode == 1
    assert "airside render clevercloud --env production" in done.stderr
    assert not cloud.said("deploy")
    assert not cloud.said("env")


def test_a_deploy_before_the_apps_are_made_says_what_makes_them(folder: Path, cloud: Cloud) -> None:
    done = run(folder, cloud, "./deploy.sh")
    assert (done.returncode, "./create.sh writes it" in done.stderr) == (1, True)


@pytest.mark.slow
def test_a_failure_of_clever_is_told(folder: Path, cloud: Cloud) -> None:
    created(folder, cloud)
    (cloud.folder / "bin" / "clever").write_text("#!/bin/sh\necho 'not logged in' >&2\nexit 1\n")
    done = run(folder, cloud, "./deploy.sh")
    assert done.returncode == 1
    assert "`clever env --alias sales-flows-api --format json` failed" in done.stderr


@pytest.mark.slow
def test_verbs_speak_of_all_apps_or_of_one(folder: Path, cloud: Cloud) -> None:
    created(folder, cloud)
    for verb in ("restart", "stop", "status"):
        assert run(folder, cloud, "./operate.sh", verb).returncode == 0
        assert cloud.said(verb) == [[verb, "--alias", alias] for alias in APPS]
    assert run(folder, cloud, "./operate.sh", "logs", "api").returncode == 0
    assert cloud.said("logs") == [["logs", "--alias", "sales-flows-api"]]
