"""What a plan says of a running Airflow, and that it comes true."""

import secrets
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from airflow_place import Place, until
from folders import SETTINGS, Folder

from airside.base.names import bundle_name
from airside.cli.airflows import live_reader
from airside.cli.context import Context
from airside.cli.drafted import drafted
from airside.cli.foreseen import foreseen
from airside.cli.output import Output
from airside.delivery.descriptions import read_description
from airside.delivery.environments import read_current, read_record
from airside.planning.consequences import Consequences, Start
from airside.planning.live import KnownWorkflow
from airside.planning.scope import Scope
from airside.platform.airflow_config import PASSWORD, USER
from airside.release.description import Description, WorkflowDescription, describe

pytestmark = pytest.mark.platform

CATCHING = """\
from datetime import datetime
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, CronDataIntervalTimetable

DAILY = CronDataIntervalTimetable("0 0 * * *", timezone="UTC")
START = datetime.fromisoformat({start!r})
with DAG("catching", schedule=DAILY, start_date=START, catchup=True):
    EmptyOperator(task_id="done")
with DAG("held", schedule=DAILY, start_date=START, catchup=True, is_paused_upon_creation=True):
    EmptyOperator(task_id="done")
"""
CHAIN = """\
import time
from pathlib import Path
from airflow.sdk import dag, get_current_context, task

@dag(schedule=None)
def {name}():
    @task
    def first() -> None:
        flag = Path(get_current_context()["dag_run"].conf["flag"])
        flag.with_suffix(".started").touch()
        while not flag.exists():
            time.sleep(0.1)

    @task
    def second() -> None:
        return None

    first() >> second()

{name}()
"""
CATCHING_PATH = "dags/catching.py"
THREE_DAYS = timedelta(days=3)


def context(place: Folder) -> Context:
    return Context(place.root, Output(quiet=True), assume_yes=True)


def served_description(place: Place) -> Description | None:
    store = context(place).store
    current = read_current(store, "production")
    return read_description(store, read_record(store, current.pointer.release)) if current else None


def planned(place: Place) -> Consequences:
    """Return the consequences of a deploy of the commit."""
    asking = context(place)
    with drafted(asking, "production", allow_dirty=False) as draft:
        return foreseen(asking, "production", served_description(place), draft.description, draft.count)


def runs_of(place: Place, workflow: str) -> list[str]:
    found = place.client().session.call("GET", f"/api/v2/dags/{workflow}/dagRuns?limit=50")["dag_runs"]
    return [run["state"] for run in found]


@pytest.mark.slow
def test_three_runs_that_will_start_at_once_start_at_once(served: Place) -> None:
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    served.write(CATCHING_PATH, CATCHING.format(start=(midnight - THREE_DAYS).isoformat()))
    served.commit()
    try:
        assert planned(served).starts == (Start(workflow="catching", runs=3, reason="it is new and catches up"),)
        assert "workflow catching: 3 runs start at once" in served.airside("plan", "production").out
        assert served.airside("--json", "deploy", "production").document["served"] is True
        until(lambda: runs_of(served, "catching") == ["success"] * 3)
        time.sleep(5)  # the scheduler looks each second for what is due
        assert runs_of(served, "catching") == ["success"] * 3
        assert runs_of(served, "held") == []
        assert planned(served).starts == ()
    finally:
        (served.root / CATCHING_PATH).unlink()
    served.commit()
    gone = planned(served)
    assert [(loss.workflow, loss.reason, loss.runs) for loss in gone.lost] == [("catching", "removed", 3)]
    served.deploy(f"without it {secrets.token_hex(4)}")


@pytest.mark.slow
def test_a_run_in_flight_is_named_with_the_release_that_it_ends_on(served: Place, tmp_path: Path) -> None:
    first = served.deploy(f"A {secrets.token_hex(4)}")
    version_of_first = (served.root / "lib/version.py").read_text().split("'")[1]
    flag, client = tmp_path / "flag", served.client()
    run = client.trigger("waiting", {"flag": str(flag)})
    until(flag.with_suffix(".started").exists)
    served.write("lib/version.py", f"VERSION = 'B {secrets.token_hex(4)}'\n")
    served.commit()
    document = served.airside("plan", "production", "--format", "json").document["plan"]
    [flying] = [each for each in document["consequences"]["in_flight"] if each["run"] == run]
    assert (flying["workflow"], flying["state"], flying["release"]) == ("waiting", "running", first["release"])
    assert flying["fate"] == "continues"
    assert served.airside("--json", "deploy", "production").document["release"] != first["release"]
    flag.touch()
    until(lambda: client.run_state("waiting", run).state == "success")
    assert client.run_state("waiting", run).bundle_version == first["tree"]
    assert client.result("waiting", run, "late") == version_of_first
    assert run not in {each.run for each in planned(served).in_flight}


@pytest.mark.slow
def test_a_run_of_a_workflow_that_goes_or_moves_does_not_end_well(served: Place, tmp_path: Path) -> None:
    client = served.client()
    for name in ("going", "moving"):
        served.write(f"dags/{name}.py", CHAIN.format(name=name))
    served.deploy(f"two chains {secrets.token_hex(4)}")
    runs = {name: client.trigger(name, {"flag": str(tmp_path / name)}) for name in ("going", "moving")}
    until(lambda: all((tmp_path / f"{name}.started").exists() for name in runs))
    (served.root / "dags/going.py").unlink()
    served.git("mv", "dags/moving.py", "dags/moved.py")
    served.commit()
    try:
        found = planned(served)
        assert {each.workflow: each.fate for each in found.in_flight} == {"going": "stranded", "moving": "breaks"}
        assert [(loss.workflow, loss.reason) for loss in found.lost] == [("going", "removed"), ("moving", "moved")]
        assert served.airside("--json", "deploy", "production").document["served"] is True
        for name in runs:
            (tmp_path / name).touch()
        # Airflow looks for the file three times, a minute between them, before the task fails.
        until(lambda: client.task_states("moving", runs["moving"])["second"] == "up_for_reschedule")
        until(lambda: client.task_states("going", runs["going"])["first"] == "success")
        time.sleep(3)
        assert client.task_states("going", runs["going"])["second"] is None
        assert client.run_state("going", runs["going"]).state == "running"
    finally:
        for name, run in runs.items():
            client.session.call("PATCH", f"/api/v2/dags/{name}/dagRuns/{run}", {"state": "failed"})
        (served.root / "dags/moved.py").unlink()
        served.deploy(f"without them {secrets.token_hex(4)}")


def test_an_airflow_elsewhere_is_asked_with_what_the_variables_say(
    served: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = f'{SETTINGS}airflow = "{served.platform().url}/"\n'
    asking = context(Folder(tmp_path / "elsewhere", settings))
    said = foreseen(asking, "production", None, Description())
    assert not said.reachable
    assert "asks who you are" in said.reason
    monkeypatch.setenv("AIRSIDE_AIRFLOW_USERNAME", USER)
    monkeypatch.setenv("AIRSIDE_AIRFLOW_PASSWORD", PASSWORD)
    reader = live_reader(asking, "production")
    assert reader is not None
    assert reader.bundle == bundle_name("production")
    both = ("never", "waiting")
    live = reader.read(Scope(named=both, added=both, removed=(), changed=(), rescheduled=()))
    assert live.workflows == {"waiting": KnownWorkflow(paused=False)}
    assert live.last == {"waiting": None}
    assert live.paused_at_creation is None, "Airflow keeps its settings to itself unless it is told otherwise"
    signed_in = reader.session.call("POST", "/auth/token", {"username": USER, "password": PASSWORD})
    monkeypatch.setenv("AIRSIDE_AIRFLOW_TOKEN", signed_in["access_token"])
    monkeypatch.delenv("AIRSIDE_AIRFLOW_PASSWORD")
    waiting = describe([WorkflowDescription(id="waiting", file="dags/waiting.py")])
    assert foreseen(asking, "production", waiting, waiting).reachable
    monkeypatch.setenv("AIRSIDE_AIRFLOW_TOKEN", "expired")
    assert not foreseen(asking, "production", waiting, waiting).reachable


def test_without_an_airflow_that_is_known_nothing_is_told(fresh: Place) -> None:
    said = foreseen(context(fresh), "production", None, Description())
    assert (said.reachable, said.reason) == (False, "no Airflow that is known here tracks 'production'")
