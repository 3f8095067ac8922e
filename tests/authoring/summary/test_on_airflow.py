"""The summary on a running Airflow that serves a release: the state of a run stays that of its work."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from airflow_place import Place, until

from airside.platform.ports import free_port

pytestmark = [pytest.mark.platform, pytest.mark.slow(together=True)]

WORKFLOWS = """\
from datetime import timedelta

from airflow.sdk import dag, get_current_context, setup, task, teardown
from airside import report
from airside.authoring.summary.task import summary_task

def make(name, *, fails=False, tells=True, prepares=True):
    @dag(dag_id=name, schedule=None, default_args={"retries": 1, "retry_delay": timedelta(seconds=0)})
    def workflow():
        @task
        def extract():
            report(rows=get_current_context()["dag_run"].conf.get("rows", 0), url="https://a:b@example.org/orders")
            report(rows="not a number, which must not fail a task in production")
            return [1, 2, 3]

        @task
        def copy(number):
            report(rows=number)
            report(rows=10)
            if number == 2 and fails:
                raise ValueError("no such table: orders\\nand more")

        @task
        def publish():
            pass

        @setup
        def prepare():
            if not prepares:
                raise RuntimeError("no room")

        @teardown
        def clean():
            pass

        prepared, cleaned = prepare(), clean()
        numbers = extract()
        prepared >> numbers
        copy.expand(number=numbers) >> publish() >> cleaned
        prepared >> cleaned

    made = workflow()
    summary = summary_task(made)
    if not tells:
        summary.retries = 0
        def broken(context):
            raise RuntimeError("told nothing")
        summary.execute = broken

make("dated")
make("undated")
make("bad", fails=True)
make("untold", tells=False)
make("unprepared", prepares=False)
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    place = Place(tmp_path_factory.mktemp("summary") / "flüge %d")
    place.write("dags/flows.py", WORKFLOWS)
    place.commit()
    port = str(free_port(28400))
    try:
        place.airside("up", "--detach", "--database", "sqlite", "--track", "production", "--port", port)
        place.deploy("first")
        yield place
    finally:
        place.airside("down")
        place.airside("clean")


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that has ended: its state, those of its tasks, and the summary in the log folder."""

    state: str
    states: dict[str, str | None]
    summary: dict[str, Any] | None


Started = tuple[str, str]


def start(place: Place, workflow: str, *, at: str | None = None, rows: int = 0) -> Started:
    body = {"logical_date": at, "conf": {"rows": rows}}
    path = f"/api/v2/dags/{workflow}/dagRuns"
    return workflow, place.client().session.call("POST", path, body)["dag_run_id"]


def end(place: Place, started: Started) -> Ended:
    workflow, name = started
    client = place.client()
    until(lambda: client.run_state(workflow, name).state in {"success", "failed"})
    found = list(Path(place.root, ".airside", "logs").rglob(f"dag_id={workflow}/run_id={name}/task_id=summary/*.json"))
    summary = json.loads(found[0].read_text()) if found else None
    path = f"/api/v2/dags/{workflow}/dagRuns/{name}/taskInstances/summary/xcomEntries"
    keys = {entry["key"] for entry in client.session.call("GET", path)["xcom_entries"]}
    assert ("airside_summary" in keys) == (summary is not None)
    if summary is not None:
        told = client.session.call("GET", f"{path}/airside_summary?deserialize=true")["value"]
        assert told == summary, "the XCom is what is in the log folder"
    return Ended(client.run_state(workflow, name).state, client.task_states(workflow, name), summary)


@pytest.fixture(scope="module")
def ended(place: Place) -> dict[str, Ended]:
    """All runs of these tests, side by side as far as they can be: each takes ten seconds and more."""
    first = {
        "dated before": start(place, "dated", at="2026-01-01T00:00:00Z", rows=100),
        "undated before": start(place, "undated", rows=100),
        "bad dated": start(place, "bad", at="2026-01-01T00:00:00Z"),
        "bad undated": start(place, "bad"),
        "untold": start(place, "untold"),
        "unprepared": start(place, "unprepared"),
    }
    runs = {name: end(place, started) for name, started in first.items()}
    then = {
        "dated": start(place, "dated", at="2026-01-02T00:00:00Z", rows=120),
        "undated": start(place, "undated", rows=120),
    }
    return runs | {name: end(place, started) for name, started in then.items()}


def tasks(summary: dict[str, Any] | None) -> dict[str, Any]:
    assert summary is not None
    return {task["id"]: task for task in summary["tasks"]}


@pytest.mark.parametrize("name", ["dated", "undated"])
def test_a_run_is_told_beside_the_one_before_it_and_its_release(ended: dict[str, Ended], name: str) -> None:
    run = ended[name]
    assert (run.state, run.states["summary"]) == ("success", "success")
    assert run.summary is not None
    assert run.summary["outcome"] == "success"
    found = tasks(run.summary)
    assert list(found) == ["prepare", "extract", "copy", "publish", "clean"]
    assert found["extract"]["figures"] == [{"name": "rows", "value": 120, "median": 100, "change": 20.0, "runs": 1}]
    assert found["extract"]["urls"] == ["https://example.org/orders"]
    assert found["extract"]["tries"] == 1
    assert found["copy"]["instances"] == {"success": 3}
    assert found["copy"]["figures"][0]["value"] == 36
    origin = run.summary["origin"]
    assert origin["environment"] == "production"
    assert origin["tree"].startswith("sha256-")
    assert re.fullmatch("[0-9a-f]{40}", origin["commit"])
    assert origin["release"] in run.summary["note"]


@pytest.mark.parametrize("name", ["bad dated", "bad undated"])
def test_a_run_whose_work_failed_has_failed_and_its_summary_says_why(ended: dict[str, Ended], name: str) -> None:
    run = ended[name]
    assert (run.state, run.states["summary"]) == ("failed", "success")
    assert run.summary is not None
    assert run.summary["outcome"] == "failed"
    copy = next(iter(tasks(run.summary).values()))
    assert (copy["id"], copy["state"], copy["tries"]) == ("copy", "failed", 2)
    assert copy["error"] == "ValueError: no such table: orders"
    assert copy["instances"] == {"failed": 1, "success": 2}
    assert "no such table" in run.summary["note"]


def test_a_summary_that_fails_leaves_the_run_as_it_is(ended: dict[str, Ended]) -> None:
    run = ended["untold"]
    assert (run.state, run.states["summary"], run.summary) == ("success", "failed", None)


def test_a_summary_is_told_when_the_setup_has_failed(ended: dict[str, Ended]) -> None:
    run = ended["unprepared"]
    assert (run.state, run.states["summary"], run.states["clean"]) == ("failed", "success", "upstream_failed")
    assert tasks(run.summary)["prepare"]["error"] == "RuntimeError: no room"
