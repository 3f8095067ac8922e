"""A real Airflow that follows an environment."""

import random
import secrets
import signal
import subprocess
import time
from pathlib import Path

import pytest
from airflow_place import Place, until

from airside.base.names import bundle_name
from airside.delivery.checkouts import Checkouts
from airside.delivery.environments import Current, read_current
from airside.platform.local import find
from airside.store.opening import open_store
from airside.workspace.workspace import store_location

pytestmark = pytest.mark.platform
BUNDLE = bundle_name("production")


def versions(place: Place) -> dict[str, str | None]:
    return {workflow.id: workflow.version for workflow in place.client().workflows(BUNDLE)}


def start_run(place: Place, flag: Path) -> str:
    run = place.client().trigger("waiting", {"flag": str(flag)})
    until(flag.with_suffix(".started").exists)
    return run


def finish(place: Place, run: str, flag: Path) -> tuple[str, str | None, str]:
    """Let a run end; return its state, its version and what its task returned."""
    flag.touch()
    client = place.client()
    until(lambda: client.run_state("waiting", run).state in {"success", "failed"})
    state = client.run_state("waiting", run)
    return state.state, state.bundle_version, client.result("waiting", run, "late")


def test_a_second_up_finds_the_first(served: Place) -> None:
    found = served.airside("--json", "up", "--track", "preprod", "--track", "production").document
    assert found == {"url": served.platform().url, "tracked": ["production", "preprod"], "started": False}
    assert "runs already" in served.airside("up").out


def test_an_up_that_asks_for_something_else_is_refused(served: Place) -> None:
    done = served.airside("up", "--detach", "--track", "preprod", code=3)
    assert "runs already and serves production, preprod" in done.err


def test_a_deploy_is_served_at_once(served: Place) -> None:
    started = time.monotonic()
    document = served.deploy(f"at once {secrets.token_hex(4)}")
    print(f"deploy until served: {time.monotonic() - started:.1f} s")  # noqa: T201
    assert document["served"] is True
    assert versions(served) == {"waiting": document["tree"]}
    assert served.airside("--json", "status").document["findings"] == []


@pytest.mark.slow
def test_a_run_ends_on_the_release_that_it_started_on(served: Place, tmp_path: Path) -> None:
    first = served.deploy(f"A {secrets.token_hex(4)}")
    version_of_first = (served.root / "lib/version.py").read_text().split("'")[1]
    run = start_run(served, tmp_path / "flag")
    second = served.deploy(f"B {secrets.token_hex(4)}")
    assert versions(served) == {"waiting": second["tree"]}
    assert first["tree"] in served.client().run_versions("2100-01-01T00:00:00Z"), "garbage collection keeps it"
    assert finish(served, run, tmp_path / "flag") == ("success", first["tree"], version_of_first)
    assert first["tree"] in served.client().run_versions("2026-01-01T00:00:00Z"), "it may be cleared and run again"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dag-processor", "scheduler", "triggerer", "api-server", "postgres"])
def test_a_killed_component_comes_back_and_nothing_is_lost(served: Place, tmp_path: Path, name: str) -> None:
    run = start_run(served, tmp_path / "flag")
    before = served.component(name)
    started = time.monotonic()
    subprocess.run(["kill", "-9", str(before["pid"])], check=True)
    until(lambda: served.component(name)["restarts"] > before["restarts"])
    until(lambda: served.airside("status", code=None).code == 0)
    after = served.component(name)
    assert after["pid"] != before["pid"]
    assert "SIGKILL" in after["detail"]
    print(f"{name} is back after {time.monotonic() - started:.1f} s")  # noqa: T201
    # A scheduler takes its tasks with it; Airflow notices that after minutes, so the run is not waited for.
    assert served.client().run_state("waiting", run).state == "running"
    (tmp_path / "flag").touch()
    second = start_run(served, tmp_path / "second")
    assert finish(served, second, tmp_path / "second")[0] == "success"


@pytest.mark.slow
def test_a_store_that_is_away_stops_nothing(served: Place, tmp_path: Path) -> None:
    document = served.deploy(f"kept {secrets.token_hex(4)}")
    store, away = served.root / ".store", served.root / ".store.away"
    store.rename(away)
    try:
        time.sleep(3)
        assert versions(served) == {"waiting": document["tree"]}
        run = start_run(served, tmp_path / "flag")
        assert finish(served, run, tmp_path / "flag")[:2] == ("success", document["tree"])
    finally:
        away.rename(store)
    assert served.deploy(f"followed {secrets.token_hex(4)}")["served"] is True


def test_the_pools_of_the_settings_are_there_and_get_the_slots_that_they_say(served: Place) -> None:
    client = served.client()
    assert client.session.call("GET", "/api/v2/pools/reports")["slots"] == 3
    client.put_pool("reports", 4)
    assert client.session.call("GET", "/api/v2/pools/reports")["slots"] == 4


def test_a_deploy_that_would_take_a_workflow_from_another_environment_is_refused(served: Place) -> None:
    before = preprod(served)
    done = served.airside("deploy", "preprod", "--allow-dirty", code=1)
    assert "Workflow 'waiting' is used by environment 'production', which the same Airflow serves" in done.err
    assert preprod(served) == before


def preprod(place: Place) -> Current | None:
    return read_current(open_store(store_location(place.workspace), {}), "preprod")


def test_two_environments_with_the_same_workflow_are_not_served_together(fresh: Place) -> None:
    for environment in ("production", "preprod"):
        fresh.airside("deploy", environment, "--allow-dirty")
    done = fresh.airside("up", "--detach", "--track", "production", "--track", "preprod", code=3)
    assert "'waiting' is in 'production' and in 'preprod'" in done.err
    assert find(fresh.workspace) is None


def test_a_shell_reaches_the_databases_of_the_workspace(served: Place) -> None:
    code = (
        "import os, psycopg2\nwith psycopg2.connect(os.environ['AIRFLOW_CONN_WAREHOUSE']) as connection:\n"
        "    cursor = connection.cursor(); cursor.execute('select current_database()'); print(cursor.fetchone()[0])"
    )
    assert served.airside("shell", "--", "python", "-c", code).out == "warehouse\n"
    assert served.airside("shell", "--", "sh", "-c", "exit 7", code=7).out == ""
    assert "There is no program" in served.airside("shell", "--", "nonsense", code=2).err


def test_logs_show_every_component(served: Place) -> None:
    document = served.airside("--json", "logs", "--lines", "3").document
    assert {name for name, lines in document.items() if lines} >= {"scheduler", "postgres", "api-server"}
    assert "There is no component 'web'" in served.airside("logs", "web", code=2).err


@pytest.mark.slow
def test_a_restart_of_one_component_takes_seconds(served: Place) -> None:
    before = served.component("scheduler")
    started = time.monotonic()
    served.airside("restart", "scheduler")
    print(f"restart scheduler: {time.monotonic() - started:.1f} s")  # noqa: T201
    assert time.monotonic() - started < 20
    after = served.component("scheduler")
    assert after["pid"] != before["pid"]
    assert after["restarts"] == before["restarts"]
    assert "There is no component 'web'" in served.airside("restart", "web", code=1).err


@pytest.mark.slow
def test_a_killed_deploy_leaves_a_whole_release(served: Place, tmp_path: Path) -> None:
    served.deploy(f"whole {secrets.token_hex(4)}")
    store = open_store(store_location(served.workspace), {})
    dice = random.Random(4)  # noqa: S311 - no secret
    for number in range(8):
        served.write("lib/version.py", f"VERSION = 'killed {secrets.token_hex(8)}'\n")
        served.commit()
        command = served.command("deploy", "production", "--wait", "0")
        with subprocess.Popen(
            command, env=served.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as deploy:
            time.sleep(0.3 + dice.random() * 1.7)
            deploy.send_signal(signal.SIGKILL)
        current = read_current(store, "production")
        assert current is not None
        Checkouts(tmp_path / str(number)).materialise(store, current.pointer.tree)  # verifies every file
    assert served.deploy(f"after {secrets.token_hex(4)}")["served"] is True
