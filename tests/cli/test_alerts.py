"""`airside alerts` from the command line: routes, a test message over HTTP, silences, what is open."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from alerted import Bench, event, unreachable
from folders import SETTINGS, Folder
from pytest_httpserver import HTTPServer
from sealed import make_identity

from airside.alerts.event import Kind
from airside.alerts.state import StateFile

Airside = Callable[..., SimpleNamespace]
CANARY = "hunter2-canary"
SOPS = Path(sys.executable).parent / "sops"
ROUTES = """
[[alerts]]
name = "pagers"
channels = ["pager"]
environments = ["production"]
severity = "error"

[[alerts]]
channels = ["chat"]
teams = ["sales"]
"""


@pytest.fixture
def routed(folder: Folder) -> Folder:
    folder.write("airside.toml", SETTINGS + ROUTES)
    folder.commit()
    return folder


@pytest.fixture
def connect(folder: Folder, tmp_path: Path) -> Callable[..., None]:
    """Encrypt connections into a document of the workspace, for the user's own key, and commit it."""
    me = make_identity()
    me.write(tmp_path / "configuration" / "airside" / "age" / "keys.txt")

    def connected(environment: str, connections: dict[str, object]) -> None:
        command = [
            str(SOPS),
            "encrypt",
            "--input-type",
            "json",
            "--output-type",
            "yaml",
            "--age",
            me.public,
            "/dev/stdin",
        ]
        text = json.dumps({"connections": connections})
        done = subprocess.run(command, input=text.encode(), capture_output=True, check=True)
        folder.write(f"secrets/{environment}.yaml", done.stdout.decode())
        folder.commit()

    return connected


@pytest.mark.usefixtures("routed")
def test_routes_are_listed(airside: Airside) -> None:
    done = airside("alerts", "routes")
    assert done.code == 0, done.err
    assert [line.split()[:2] for line in done.out.splitlines()[1:]] == [["pagers", "pager"], ["route", "2"]]
    assert [route["name"] for route in json.loads(airside("alerts", "routes", "--json").out)] == ["pagers", "route 2"]


def test_a_workspace_without_routes_says_that_nobody_hears(airside: Airside) -> None:
    assert "nobody hears of anything" in airside("alerts", "routes").out


@pytest.mark.usefixtures("routed")
def test_an_event_is_explained_route_by_route(airside: Airside) -> None:
    asked = ("alerts", "routes", "--explain", "orders", "task-failed", "--environment", "production")
    done = airside(*asked)
    assert done.code == 0, done.err
    assert "✔ pagers → pager" in done.out
    assert "✘ route 2: team '' is none of sales" in done.out
    assert "pager of 'production': airside/production/orders" in done.out
    document = json.loads(airside(*asked, "--team", "sales", "--task", "load", "--json").out)
    assert document["channels"] == ["pager", "chat"]
    assert [route["matches"] for route in document["routes"]] == [True, True]


@pytest.mark.usefixtures("routed")
def test_nobody_hears_is_a_finding(airside: Airside) -> None:
    done = airside("alerts", "routes", "--explain", "orders", "task-failed")
    assert done.code == 1
    assert "environment 'dev' is none of production" in done.out
    assert "Nobody hears of task-failed of 'orders' in 'dev'" in done.err


@pytest.mark.usefixtures("routed")
def test_an_unknown_event_or_environment_is_a_mistake_with_a_suggestion(airside: Airside) -> None:
    done = airside("alerts", "routes", "--explain", "orders", "task-faild")
    assert (done.code, "did you mean 'task-failed'?" in done.err) == (2, True)
    done = airside("alerts", "routes", "--explain", "orders", "task-failed", "--environment", "prodction")
    assert (done.code, "did you mean 'production'?" in done.err) == (2, True)


def test_an_unknown_severity_is_a_mistake(airside: Airside) -> None:
    said = airside("alerts", "routes", "--explain", "orders", "task-failed", "--severity", "loud")
    assert said.code == 2
    assert "loud" in said.err


def test_a_silence_is_made_listed_and_ended(airside: Airside) -> None:
    made = airside("alerts", "silence", "sales_*", "--for", "2h", "--reason", "it moves", "--json")
    assert made.code == 0, made.err
    silence = json.loads(made.out)
    listed = airside("alerts", "list")
    assert f"silenced: sales_* until {silence['until']}" in listed.out
    assert "it moves" in listed.out
    assert json.loads(airside("alerts", "list", "--json").out)["silences"] == [silence]
    assert airside("verify", "--all").code == 0
    ended = airside("alerts", "unsilence", silence["id"])
    assert ended.code == 0, ended.err
    assert json.loads(airside("alerts", "list", "--json").out)["silences"] == []
    assert airside("alerts", "unsilence", silence["id"]).code == 2
    assert airside("verify", "--all").code == 0


def test_a_damaged_silence_is_found_by_verify(airside: Airside, folder: Folder) -> None:
    airside("alerts", "silence", "*", "--for", "2h", "--reason", "x")
    (silence,) = (folder.root / ".store" / "alerts" / "silences").iterdir()
    silence.write_bytes(silence.read_bytes().replace(b'"*"', b'"* "', 1)[:-9])
    done = airside("verify", "--all")
    assert f"alerts/silences/{silence.name}" in done.out
    assert "Delete the object" in done.out
    assert airside("alerts", "list").code == 5, "nobody knows what is silenced"


@pytest.mark.parametrize(
    "options",
    [
        ("--for", "2", "--reason", "x"),
        ("--for", "2h", "--reason", " "),
        ("--for", "2h", "--reason", "x", "--environment", "prodction"),
        ("--for", "2h"),
    ],
)
def test_a_silence_without_an_end_a_reason_or_an_environment_is_refused(
    airside: Airside, folder: Folder, options: tuple[str, ...]
) -> None:
    assert airside("alerts", "silence", "orders", *options).code == 2
    assert not [key for key in folder.store_keys() if key.startswith("alerts/")]


def test_what_is_open_and_how_the_channels_are_is_listed(airside: Airside, folder: Folder) -> None:
    state = folder.root / ".airside" / "alerts"
    state.mkdir(parents=True)
    bench = Bench(state)
    bench.feed(event(at=1))
    bench.receiver.refuses = unreachable
    bench.feed(event(Kind.NOT_SERVED, at=2, subject=""))
    done = airside("alerts", "list")
    assert done.code == 0, done.err
    assert "airside/production/orders" in done.out
    assert "chat does not answer" in done.out
    document = json.loads(airside("alerts", "list", "--json").out)
    assert [(incident["key"], incident["failures"]) for incident in document["incidents"]] == [
        ("airside/production/orders", 1),
        ("airside/production", 1),
    ]
    (channel,) = document["channels"]
    assert {name: channel[name] for name in ("delivered", "failed", "dropped", "waiting")} == {
        "delivered": 1,
        "failed": 1,
        "dropped": 0,
        "waiting": 1,
    }


def test_nothing_is_open_where_no_watcher_ever_ran(airside: Airside, folder: Folder) -> None:
    done = airside("alerts", "list")
    assert (done.code, "nothing is open" in done.out) == (0, True)
    assert not StateFile(folder.root / ".airside" / "alerts").folder.exists()


def test_what_is_open_is_listed_also_without_a_store(airside: Airside, folder: Folder) -> None:
    folder.write(".store", "in the way")
    done = airside("alerts", "list", "--json")
    assert done.code == 4
    assert json.loads(done.out.partition("\n}\n")[0] + "}")["silences"] is None


def test_a_test_message_is_sent_and_the_answer_shown(
    airside: Airside, connect: Callable[..., None], httpserver: HTTPServer
) -> None:
    httpserver.expect_oneshot_request("/hook", method="POST").respond_with_data("thank you")
    host, port = httpserver.host, httpserver.port
    connect("dev", {"chat": {"conn_type": "http", "host": f"http://{host}:{port}/hook", "password": CANARY}})
    done = airside("alerts", "test", "chat")
    assert done.code == 0, done.err
    assert "chat (of the working tree) took the message: 200" in done.out
    ((request, _),) = httpserver.log
    assert json.loads(request.get_data())["event"] == "test"
    assert CANARY not in done.out + done.err


def test_a_test_message_goes_to_the_connection_that_was_applied(
    airside: Airside, connect: Callable[..., None], httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/applied").respond_with_data("ok")
    place = f"http://{httpserver.host}:{httpserver.port}"
    connect("preprod", {"chat": {"conn_type": "http", "host": f"{place}/applied"}})
    assert airside("secrets", "apply", "preprod", "--yes").code == 0
    connect("preprod", {"chat": {"conn_type": "http", "host": f"{place}/edited"}})
    done = airside("alerts", "test", "chat", "--environment", "preprod", "--json")
    assert done.code == 0, done.err
    assert json.loads(done.out)["origin"] == "as applied to preprod"


def test_a_channel_that_refuses_or_is_none_is_told(
    airside: Airside, connect: Callable[..., None], httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/hook").respond_with_data("no such hook", status=404)
    place = f"http://{httpserver.host}:{httpserver.port}"
    connect("dev", {"chat": {"conn_type": "http", "host": f"{place}/hook"}, "dwh": f"postgres://u:{CANARY}@h/db"})
    refused = airside("alerts", "test", "chat")
    assert (refused.code, "404" in refused.err) == (1, True)
    unknown = airside("alerts", "test", "chatt")
    assert (unknown.code, "did you mean 'chat'?" in unknown.err) == (2, True)
    none = airside("alerts", "test", "dwh")
    assert (none.code, "is no channel" in none.err, CANARY in none.err) == (2, True, False)


def test_there_is_nothing_to_watch_without_an_airflow(airside: Airside) -> None:
    done = airside("alerts", "watch")
    assert (done.code, "does not run" in done.err) == (1, True)
