"""The endpoint of an agent tells how it is, and takes one order from those who may give it."""

import select
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from agents import Thread, eventually, request, running, served
from prometheus_client.parser import text_string_to_metric_families
from shipping import deploy

from airside.base.errors import PlatformError, UsageError
from airside.platform.agent.options import Listen, Options
from airside.store.folder import FolderStore

A = {"dags/orders.py": "x = 'a'\n"}
B = {"dags/orders.py": "x = 'b'\n"}
SELDOM = Options(interval=600)
TOKEN = {"Authorization": "Bearer s3cret"}


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    store = FolderStore(tmp_path / "store")
    deploy(store, A)
    return store


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "root"


@pytest.fixture
def agent(root: Path, store: FolderStore) -> Iterator[Thread]:
    """An agent that looks once and then only when it is asked to."""
    with running(root, store, SELDOM) as agent:
        eventually(lambda: "synced" in agent.names)
        yield agent


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    file = tmp_path / "token"
    file.write_text("s3cret\n")
    return file


def test_a_refresh_is_made_at_once(agent: Thread, root: Path, store: FolderStore) -> None:
    deploy(store, B, second=1)
    start = time.monotonic()
    assert request(agent.port, "/refresh", "POST") == (202, {"accepted": True})
    eventually(lambda: served(root) == B)
    assert time.monotonic() - start < 3


def test_health_names_what_is_served(agent: Thread) -> None:
    status, health = agent.health()
    assert status == 200
    assert (health["environment"], health["generation"], health["stale"]) == ("production", 1, False)
    assert health["tree"].startswith("sha256-")
    assert (health["failure"], health["reason"]) == (None, None)


def test_metrics_are_what_prometheus_reads(agent: Thread) -> None:
    agent.agent.refresh()
    eventually(lambda: 'syncs_total{result="unchanged"} 1.0' in request(agent.port, "/metrics")[1])
    status, text = request(agent.port, "/metrics")
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert status == 200
    assert families["airside_agent_generation"].samples[0].value == 1
    assert families["airside_agent_stale"].samples[0].value == 0
    assert abs(families["airside_agent_last_success_timestamp_seconds"].samples[0].value - time.time()) < 60
    counts = {s.labels["result"]: s.value for s in families["airside_agent_syncs"].samples if s.name.endswith("_total")}
    assert counts == {"changed": 1, "unchanged": 1, "failed": 0}
    assert "airside_agent_sync_duration_seconds" in families


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/refresh", 405),
        ("POST", "/healthz", 404),
        ("DELETE", "/refresh", 501),
        ("GET", "/livez", 200),
    ],
)
def test_there_is_nothing_else(agent: Thread, method: str, path: str, status: int) -> None:
    assert request(agent.port, path, method)[0] == status


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "s3cret"},
        {"Authorization": "Bearer s3cret2"},
        {"Authorization": "Bearer \xfc"},
    ],
)
def test_a_wrong_token_is_refused_and_nothing_is_looked_at(
    root: Path, store: FolderStore, token_file: Path, headers: dict[str, str]
) -> None:
    with running(root, store, SELDOM, listen=Listen("127.0.0.1", 0, token_file)) as agent:
        eventually(lambda: "synced" in agent.names)
        deploy(store, B, second=1)
        assert request(agent.port, "/refresh", "POST", headers)[0] == 401
        time.sleep(0.4)
        assert served(root) == A
        assert request(agent.port, "/refresh", "POST", TOKEN)[0] == 202
        eventually(lambda: served(root) == B)


def test_a_token_that_is_replaced_counts_at_once_and_one_that_is_gone_lets_nobody_in(
    root: Path, store: FolderStore, token_file: Path
) -> None:
    with running(root, store, SELDOM, listen=Listen("127.0.0.1", 0, token_file)) as agent:
        token_file.write_text("another")
        assert request(agent.port, "/refresh", "POST", TOKEN)[0] == 401
        token_file.write_text("")
        assert request(agent.port, "/refresh", "POST", {"Authorization": "Bearer "})[0] == 403
        token_file.unlink()
        assert request(agent.port, "/refresh", "POST", TOKEN)[0] == 403


def test_without_a_token_only_the_loopback_may_ask(root: Path, store: FolderStore) -> None:
    with running(root, store, SELDOM, listen=Listen("0.0.0.0", 0)) as agent:  # noqa: S104 - that is what is tested
        assert request(agent.port, "/refresh", "POST")[0] == 403
        assert request(agent.port, "/readyz")[0] in {200, 503}


def test_clients_that_say_nothing_keep_no_other_waiting(agent: Thread) -> None:
    silent = [socket.create_connection(("127.0.0.1", agent.port)) for _ in range(10)]
    try:
        start = time.monotonic()
        assert agent.health()[0] == 200
        assert time.monotonic() - start < 2
    finally:
        for each in silent:
            each.close()


def test_too_many_clients_at_once_are_turned_away_and_later_ones_served(agent: Thread) -> None:
    silent = [socket.create_connection(("127.0.0.1", agent.port)) for _ in range(40)]

    def turned_away() -> int:
        """Return how many connections the server has closed; the others it still listens to."""
        return len(select.select(silent, [], [], 0)[0])

    eventually(lambda: turned_away() == 40 - 32)
    for each in silent:
        each.close()

    def is_served() -> bool:
        try:
            return agent.health()[0] == 200
        except OSError:  # turned away: the closed connections are not all noticed yet
            return False

    eventually(is_served)


def test_a_port_in_use_and_an_empty_token_are_told(root: Path, store: FolderStore, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with (
            pytest.raises(PlatformError, match="Cannot listen on"),
            running(root, store, SELDOM, listen=Listen("127.0.0.1", taken.getsockname()[1])),
        ):
            pytest.fail("it started")
    (tmp_path / "empty").touch()
    with (
        pytest.raises(UsageError, match="is empty"),
        running(root, store, SELDOM, listen=Listen("127.0.0.1", 0, tmp_path / "empty")),
    ):
        pytest.fail("it started")


def test_addresses_are_read() -> None:
    assert Listen.parse("[::1]:8086", None) == Listen("::1", 8086)
    assert [Listen(host, 1).is_loopback for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "example.com")] == [  # noqa: S104
        True,
        True,
        True,
        False,
        False,
    ]
    for wrong in ("8086", ":8086", "localhost", "localhost:", "localhost:99999", "localhost:x"):
        with pytest.raises(UsageError):
            Listen.parse(wrong, None)
