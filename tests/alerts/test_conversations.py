"""Failure, repeated failure, recovery: what real channels receive over HTTP, with a dead one beside them."""

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from alerted import Clock, event
from pytest_httpserver import HTTPServer

from airside.alerts.connections import Connections
from airside.alerts.engine import Engine
from airside.alerts.event import Kind
from airside.alerts.route import Route
from airside.alerts.state import StateFile
from airside.secrets.values import Connection, Secrets

TOKEN = "hunter2-canary"


@pytest.fixture
def silent() -> Iterator[str]:
    """Return an address that takes connections and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/hook"


def test_each_channel_hears_once_and_a_dead_one_holds_nobody_up(
    tmp_path: Path, httpserver: HTTPServer, silent: str
) -> None:
    for path, status in (("/hook", 200), ("/v2/enqueue", 202)):
        httpserver.expect_request(path).respond_with_json({"status": "success"}, status=status)
    place = f"http://{httpserver.host}:{httpserver.port}"
    secrets = Secrets(
        connections={
            "hook": Connection("hook", conn_type="http", host=f"{place}/hook"),
            "pager": Connection("pager", conn_type="pagerduty", password=TOKEN, extra=json.dumps({"url": place})),
            "dead": Connection("dead", conn_type="http", host=silent),
        }
    )
    connections = Connections(lambda _: secrets)
    routes = [Route(name="r", channels=("hook", "pager", "dead"))]
    engine = Engine(routes, connections.send, Clock(), StateFile(tmp_path), lambda _: None)
    began = time.monotonic()
    for happened in (event(at=1), event(at=2), event(Kind.RUN_RECOVERED, at=3)):
        engine.feed([connections.redact(happened)])
        _until_two_are_told(engine)
    assert time.monotonic() - began < 8, "the dead one takes ten seconds for each attempt"
    bodies = [(request.path, json.loads(request.get_data())) for request, _ in httpserver.log]
    assert [body["state"] for path, body in bodies if path == "/hook"] == ["broken", "recovered"]
    pages = [body for path, body in bodies if path == "/v2/enqueue"]
    assert [page["event_action"] for page in pages] == ["trigger", "resolve"]
    assert {page["dedup_key"] for page in pages} == {"airside/production/orders"}
    assert TOKEN not in (tmp_path / "state.json").read_text()


def _until_two_are_told(engine: Engine) -> None:
    ends = time.monotonic() + 8
    while [each.undelivered for each in engine.channels if each.channel.connection != "dead"] != [0, 0]:
        assert time.monotonic() < ends
        engine.turn()
        time.sleep(0.01)
