import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from airside.base.errors import PlatformError
from airside.platform import ports
from airside.platform.ports import free_port, is_free


@pytest.fixture(params=[(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")], ids=["IPv4", "IPv6"])
def taken(request: pytest.FixtureRequest) -> Iterator[int]:
    """A port that somebody listens at, in one of the two families."""
    family, address = request.param
    with socket.socket(family, socket.SOCK_STREAM) as server:
        try:
            server.bind((address, 0))
        except OSError:
            pytest.skip("this machine has no IPv6")
        server.listen()
        yield server.getsockname()[1]


def test_a_taken_port_is_skipped(taken: int) -> None:
    assert not is_free(taken)
    assert free_port(taken) > taken


def test_a_free_port_is_taken_as_asked_for(taken: int) -> None:
    port = free_port(taken)
    assert free_port(port) == port


def test_when_none_is_free_the_message_names_them(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_TRIES", 1)
    with pytest.raises(PlatformError, match=f"No port from {taken} to {taken}"):
        free_port(taken)


def test_two_starts_at_once_are_given_different_ports(taken: int) -> None:
    mine = free_port(taken)
    code = f"from airside.platform.ports import free_port; print(free_port({mine}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) > mine
