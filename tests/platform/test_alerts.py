"""Alerts from a real Airflow, from the task that fails to what Slack, Teams and PagerDuty receive."""

import json
import time
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest
from airflow_place import Place, until
from receiver import Heard, Receiver, receiving
from sealed import Identity, seal

from airside.alerts.event import Event, Kind
from airside.alerts.ports import Source
from airside.alerts.sources.links import Links
from airside.base import clock
from airside.platform import alerts
from airside.platform.ports import free_port
from airside.store.folder import FolderStore

pytestmark = [pytest.mark.platform, pytest.mark.slow(together=True)]

SETTINGS = """\
[workspace]
name = "sales-flows"
include = ["lib"]
[environments.dev]
[alerting]
base_url = "https://airflow.example.com"
interval = 1
[[alerts]]
channels = ["dead"]
[[alerts]]
workflows = ["flaky"]
channels = ["slack", "teams", "pager"]
[[alerts]]
workflows = ["killed"]
channels = ["slack-killed", "teams-killed", "pager-killed"]
[[alerts]]
workflows = ["storm"]
channels = ["slack-storm", "teams-storm", "pager-storm"]
[[alerts]]
events = ["import-error"]
channels = ["slack-files", "pager-files"]
"""
FLAKY = """\
from airflow.sdk import dag, get_current_context, task

def flaky():
    @task
    def load():
        if get_current_context()["dag_run"].conf.get("fail"):
            raise ValueError("the source is empty")
    load()

for name in ("flaky", "killed", "alone"):
    dag(name, schedule=None, tags=["team:sales"], default_args={"owner": "ana"})(flaky)()

@dag(schedule=None, max_active_tasks=32)
def storm():
    @task
    def many(number: int):
        raise RuntimeError(f"number {number}")
    many.expand(number=list(range(TASKS)))

@dag(schedule=None)
def noted():
    @task
    def summary():
        get_current_context()["ti"].xcom_push("airside_summary", {"note": "2 of 2 tasks, 17 rows"})
    summary()

storm()
noted()
"""
CHANNELS = ("slack", "teams", "pager")


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def watched(
    served: Place, identity: Identity, receiver: Receiver, tmp_path_factory: pytest.TempPathFactory, whole_dose: bool
) -> Iterator[Place]:
    """An Airflow that serves a working tree, and tells three channels and one where nobody listens."""
    place = Place(tmp_path_factory.mktemp("alerts") / "flüge %d dir", SETTINGS)
    (place.root / ".airside").mkdir()
    (place.root / ".airside" / "env").symlink_to(served.root / ".airside" / "env")
    (place.root / "requirements.lock").write_bytes((served.root / "requirements.lock").read_bytes())
    (place.root / "secrets").mkdir()
    text = json.dumps({"connections": receiver.connections()})
    (place.root / "secrets" / "dev.yaml").write_bytes(seal(text, identity))
    place.write("dags/flaky.py", FLAKY.replace("TASKS", "500" if whole_dose else "100"))
    try:
        place.airside("up", "--detach", "--port", str(free_port(28500)))
        until(
            lambda: (
                {"flaky", "killed", "alone", "storm", "noted"} <= {each.id for each in place.client().workflows("dev")}
            )
        )
        yield place
    finally:
        place.airside("down")
        place.airside("clean")


def run(place: Place, workflow: str, *, fail: bool = False, seconds: float = 90.0) -> str:
    client = place.client()
    number = client.trigger(workflow, {"fail": fail})
    until(lambda: client.run_state(workflow, number).state in {"success", "failed"}, seconds=seconds)
    return number


def words(heard: Heard) -> str:
    """Return what a message says of the incident: as PagerDuty knows it, or in a word that people read."""
    if heard.channel.startswith("pager"):
        return str(heard.body["event_action"])
    return "well" if " again in dev" in heard.text else "failed"


def test_failure_failure_recovery_is_one_conversation_on_each_channel(watched: Place, receiver: Receiver) -> None:
    first = run(watched, "flaky", fail=True)
    until(lambda: all(receiver.on(channel) for channel in CHANNELS))
    run(watched, "flaky", fail=True)
    time.sleep(4)
    run(watched, "flaky")
    until(lambda: all(words(receiver.on(channel)[-1]) in {"well", "resolve"} for channel in CHANNELS))
    assert [words(heard) for heard in receiver.on("slack")] == ["failed", "well"]
    assert [words(heard) for heard in receiver.on("teams")] == ["failed", "well"]
    triggered, resolved = receiver.on("pager")
    assert (words(triggered), words(resolved)) == ("trigger", "resolve")
    assert triggered.body["dedup_key"] == resolved.body["dedup_key"] == "airside/dev/flaky"
    for channel in CHANNELS:
        text = receiver.on(channel)[0].text
        for said in ("flaky", "dev", "ValueError: the source is empty", "https://airflow.example.com/dags/flaky/runs/"):
            assert said in text, f"{channel} says nothing of {said}"
        assert first.partition("T")[0] in text


def test_a_dead_channel_is_told_in_the_log_and_harms_nothing(watched: Place) -> None:
    run(watched, "alone", fail=True)
    until(lambda: "channel=dead" in watched.airside("logs", "alerts").out)
    assert watched.component("alerts")["state"] == "running"
    assert "canary" not in watched.airside("logs", "alerts").out


def test_the_summary_of_a_run_becomes_its_note(watched: Place) -> None:
    client = watched.client()
    number = run(watched, "noted")
    path = f"/api/v2/dags/noted/dagRuns/{number.replace('+', '%2B')}"
    until(lambda: client.session.call("GET", path)["note"] == "2 of 2 tasks, 17 rows")


def test_a_file_that_does_not_import_is_told_and_told_again_when_it_does(watched: Place, receiver: Receiver) -> None:
    broken = watched.root / "dags" / "broken.py"
    broken.write_text("from airflow.sdk import dag\nimport there_is_no_such_module\n")
    until(lambda: receiver.on("pager-files") and receiver.on("slack-files"))
    assert "ModuleNotFoundError: No module named 'there_is_no_such_module'" in receiver.on("slack-files")[0].text
    broken.unlink()
    until(lambda: words(receiver.on("pager-files")[-1]) == "resolve")
    until(lambda: [words(heard) for heard in receiver.on("slack-files")] == ["failed", "well"])


def test_a_watcher_that_is_killed_is_brought_back_loses_nothing_and_repeats_at_most_one_message(
    watched: Place, receiver: Receiver
) -> None:
    channels = [f"{channel}-killed" for channel in CHANNELS]
    watched.platform().supervisor.ask("signalProcess", "alerts", "KILL")
    run(watched, "killed", fail=True)
    until(lambda: all(receiver.on(channel) for channel in channels))
    watched.platform().supervisor.ask("signalProcess", "alerts", "KILL")
    run(watched, "killed")
    until(lambda: all(words(receiver.on(channel)[-1]) in {"well", "resolve"} for channel in channels), seconds=200)
    told = [words(heard) for heard in receiver.on("slack-killed")]
    assert [word for word, _ in groupby(told)] == ["failed", "well"]
    assert len(told) <= 4, "each of two kills may repeat one"


def test_what_serves_an_environment_tells_its_release_its_commit_and_its_moves(served: Place, tmp_path: Path) -> None:
    store = FolderStore(served.root / ".store")
    links = Links("https://airflow.example.com")
    watched = alerts.watched_here(served.platform(), store, clock.now)
    sources = alerts.sources(watched, tmp_path, links, clock.now, print)
    for source in sources.values():
        source.poll()
        source.settle()
    release = served.deploy("with alerts")["release"]
    client = served.client()
    until(lambda: "waiting" in {workflow.id for workflow in client.workflows("production")})
    number = client.trigger("waiting", {})
    until(lambda: client.run_state("waiting", number).state == "failed")
    told = [event for _ in range(4) for event in polled(sources["airflow"]) if event.subject == "waiting"]
    assert [event.kind for event in told] == [Kind.TASK_FAILED, Kind.RUN_FAILED]
    assert {(event.environment, event.release) for event in told} == {("production", release)}
    assert told[0].error == "KeyError: 'flag'"
    assert str(told[0].commit).endswith("(Ana)")
    time.sleep(10)  # it looks every ten seconds
    moved = polled(sources["store"])
    assert [(event.kind, event.environment, event.release) for event in moved] == [
        (Kind.DEPLOYED, "production", release)
    ]
    assert polled(sources["served"]) == []


def polled(source: Source) -> list[Event]:
    found = list(source.poll())
    source.settle()
    time.sleep(1)
    return found


def test_a_storm_of_failing_tasks_is_at_most_three_messages_a_minute_on_each_channel(
    watched: Place, receiver: Receiver
) -> None:
    run(watched, "storm", seconds=600)
    time.sleep(5)
    for channel in CHANNELS:
        assert 1 <= len(receiver.on(f"{channel}-storm")) <= 3, channel
    assert "number" in receiver.on("slack-storm")[0].text
