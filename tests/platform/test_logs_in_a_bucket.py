"""The logs of tasks are in the bucket when the machine that ran them is gone, and Airflow shows them from there."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import obstore
import pytest
import seaweed
from airflow_place import Place, until
from folders import SETTINGS
from obstore.store import S3Store
from sealed import Identity, seal

from airside.platform.ports import free_port

pytestmark = [pytest.mark.platform, pytest.mark.objectstore, pytest.mark.slow(together=True)]

TELLING = """\
from datetime import timedelta
from airflow.providers.standard.triggers.temporal import TimeDeltaTrigger
from airflow.sdk import BaseOperator, dag, task

class Waiting(BaseOperator):
    def execute(self, context):
        self.defer(trigger=TimeDeltaTrigger(timedelta(seconds=1)), method_name="resume")

    def resume(self, context, event):
        print("and was woken")

@dag(schedule=None)
def telling():
    @task
    def tell() -> None:
        print("the task has spoken")

    tell() >> Waiting(task_id="wait")

telling()
"""
LOGS = """\
[logs]
url = "s3://{bucket}/task-logs/{{environment}}"
endpoint = "{endpoint}"
region = "us-east-1"
"""
KEYS = {"conn_type": "aws", "login": seaweed.ACCESS_KEY, "password": seaweed.SECRET_KEY}


@dataclass(frozen=True)
class Logged:
    """An Airflow whose logs are in a bucket, and a run of a workflow that has ended."""

    place: Place
    bucket: S3Store
    run: str

    @property
    def local(self) -> Path:
        return self.place.workspace.state / "logs" / "tasks"

    def kept(self) -> dict[str, str]:
        """Return what the bucket has: for each path of a log its text."""
        listed = [each["path"] for batch in obstore.list(self.bucket, "task-logs") for each in batch]
        return {path: bytes(obstore.get(self.bucket, path).bytes()).decode() for path in listed}

    def shown(self, task: str) -> str:
        """Return the log as the page of the task shows it."""
        path = f"/api/v2/dags/telling/dagRuns/{self.run}/taskInstances/{task}/logs/1"
        return json.dumps(self.place.client().session.call("GET", path))


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory, identity: Identity) -> Iterator[Logged]:
    with seaweed.serve(tmp_path_factory.mktemp("seaweed")) as server:
        settings = SETTINGS + LOGS.format(bucket=seaweed.BUCKET, endpoint=server.endpoint)
        place = Place(tmp_path_factory.mktemp("logs") / "place", settings)
        bucket = S3Store(seaweed.BUCKET, client_options={"allow_http": True}, **server.options)  # type: ignore[arg-type]
        try:
            place.write("dags/telling.py", TELLING)
            place.write("secrets/production.yaml", "")
            document = json.dumps({"connections": {"airside_logs": KEYS}})
            (place.root / "secrets" / "production.yaml").write_bytes(seal(document, identity))
            place.airside("secrets", "apply", "production", "--allow-dirty")
            place.airside("up", "--detach", "--track", "production", "--port", str(free_port(28600)))
            place.deploy("first")
            client = place.client()
            run = client.trigger("telling", {})
            until(lambda: client.run_state("telling", run).state in {"success", "failed"})
            assert client.run_state("telling", run).state == "success"
            yield Logged(place, bucket, run)
        finally:
            place.airside("down")
            place.airside("clean")


def test_the_log_of_a_task_and_of_its_trigger_are_in_the_bucket_of_the_environment(logged: Logged) -> None:
    until(lambda: sum("dag_id=telling" in path for path in logged.kept()) >= 3)
    kept = logged.kept()
    assert all(path.startswith("task-logs/production/dag_id=telling/") for path in kept)
    [told] = [text for path, text in kept.items() if "task_id=tell/" in path]
    assert "the task has spoken" in told
    assert any("task_id=wait/" in path and ".trigger." in path for path in kept), sorted(kept)


def test_a_page_of_a_task_shows_its_log_when_the_machine_that_ran_it_is_gone(logged: Logged) -> None:
    until(lambda: any("task_id=tell/" in path for path in logged.kept()))
    shutil.rmtree(logged.local)
    assert "the task has spoken" in logged.shown("tell")
    assert "and was woken" in logged.shown("wait")


def test_no_key_of_the_bucket_is_in_a_log_or_in_a_file_of_airflow(logged: Logged) -> None:
    texts = [*logged.kept().values(), logged.shown("tell")]
    files = [path for path in logged.place.workspace.state.rglob("*") if path.is_file() and "env" not in path.parts]
    texts += [path.read_bytes().decode(errors="replace") for path in files if path.suffix in {".log", ".cfg", ".json"}]
    assert not any(seaweed.SECRET_KEY in text for text in texts)
