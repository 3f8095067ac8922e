"""The scripts of each pipeline, run for real: a repository, a store of S3's kind, and the variables of the service."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import seaweed
from pipeline_runs import Service
from pipelines import SERVICES

from airside.cli import environ
from airside.workspace.templating import make_workspace

SETTINGS = """
[ci]
keys = {{ AWS_ACCESS_KEY_ID = "STORE_ID", AWS_SECRET_ACCESS_KEY = "STORE_SECRET" }}
plan_keys = {{ AWS_ACCESS_KEY_ID = "READER_ID", AWS_SECRET_ACCESS_KEY = "READER_SECRET" }}
[store]
url = "{url}"
options = {{ endpoint = "{endpoint}", region = "us-east-1" }}
"""
SECRETS = dict.fromkeys(("STORE_ID", "READER_ID"), seaweed.ACCESS_KEY) | dict.fromkeys(
    ("STORE_SECRET", "READER_SECRET"), seaweed.SECRET_KEY
)

STEPS = ("github", "circleci")
"""Their checks and their tests are two scripts."""

pytestmark = [pytest.mark.slow, pytest.mark.objectstore]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[seaweed.Server]:
    with seaweed.serve(tmp_path_factory.mktemp("seaweed")) as server:
        yield server


class Repository:
    """A repository with a workspace at its top, and the people who work in it."""

    def __init__(self, root: Path, store: seaweed.Server, outside: Path) -> None:
        self.root, self.outside = root, outside
        python = ".".join(map(str, sys.version_info[:2]))
        make_workspace(root, template="default", name="sales", version="0.1.0", python=python)
        text = (root / "airside.toml").read_text()
        head, tail = text.split("[store]")
        rest = tail[tail.index("[environments.dev]") :]
        (root / "airside.toml").write_text(
            head + SETTINGS.format(url=store.url(outside.parent.name), endpoint=store.endpoint) + rest
        )
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str) -> str:
        identity = ["-c", "user.name=Ana", "-c", "user.email=ana@example.com", "-c", "commit.gpgsign=false"]
        done = subprocess.run(["git", *identity, *arguments], cwd=self.root, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, message: str) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)

    def airside(self, *arguments: str) -> Any:  # noqa: ANN401 - whatever the verb prints
        keys = {"AWS_ACCESS_KEY_ID": seaweed.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": seaweed.SECRET_KEY}
        done = subprocess.run(
            [sys.executable, "-m", "airside", "--json", *arguments],
            cwd=self.root,
            env=environ.variables() | keys,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    def serving(self) -> dict[str, str | None]:
        """Return the release of each environment."""
        return {found["environment"]: found["release"] for found in self.airside("environments")}


@pytest.mark.parametrize("name", SERVICES)
def test_a_change_goes_from_a_pull_request_to_production(name: str, tmp_path: Path, server: seaweed.Server) -> None:
    repository = Repository(tmp_path / "flüge & Züge", server, tmp_path / "outside")
    service = Service(name, repository.root, repository.outside, SECRETS)
    repository.airside("check")  # makes requirements.lock
    repository.airside("render", name)
    repository.commit("A workspace")

    repository.git("switch", "--quiet", "--create", "feature")
    workflow = (repository.root / "dags" / "daily_sales.py").read_text()
    (repository.root / "dags" / "weekly_sales.py").write_text(workflow.replace("daily_sales", "weekly_sales"))
    repository.commit("Weekly sales")
    repository.git("checkout", "--quiet", "--detach")
    for script in ("check", "test") if name in STEPS else ("check",):
        service.run(script)
    printed = service.run("plan")
    plan = (repository.root / "airside-plan.md").read_text()
    assert "weekly_sales" in plan
    assert plan in printed
    assert (repository.root / "airside-tests.xml").exists()
    assert repository.serving()["preprod"] is None

    repository.git("switch", "--quiet", "main")
    repository.git("merge", "--quiet", "--ff-only", "feature")
    service.run("check")
    if name != "jenkins":  # it refuses before a script begins
        without = replace(service, secrets={**SECRETS, "STORE_SECRET": ""})
        assert "the secret STORE_SECRET is not set" in without.run("deploy", code=None)
        assert repository.serving()["preprod"] is None
    service.run("deploy")
    served = repository.serving()
    assert served["preprod"] is not None
    assert served["production"] is None
    (move,) = repository.airside("history", "preprod")
    assert move["actor"] == ("jenkins" if name == "jenkins" else "ana")
    assert move["reason"].endswith("/7")

    repository.git("tag", "v1.0.0")
    repository.git("checkout", "--quiet", "--detach", "v1.0.0")
    service.run("promote")
    assert repository.serving()["production"] == served["preprod"]

    repository.git("switch", "--quiet", "main")
    (repository.root / "README.md").write_text("This changes nothing that ships.\n")
    repository.commit("A page")
    service.run("promote")
    assert repository.serving()["production"] == served["preprod"]

    (repository.root / "dags" / "weekly_sales.py").unlink()
    repository.commit("Not deployed")
    repository.git("tag", "v1.0.1")
    repository.git("checkout", "--quiet", "--detach", "v1.0.1")
    service.run("promote", code=3)
    assert repository.serving()["production"] == served["preprod"]
