"""Agents for tests: one in a thread of the test, and real processes."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import urllib3

from airside.base import clock
from airside.base.children import inherited
from airside.delivery.following import Follower
from airside.platform.agent.endpoint import serve
from airside.platform.agent.events import Event
from airside.platform.agent.loop import Agent
from airside.platform.agent.options import Listen, Options
from airside.store.port import Store

PATIENCE = 20.0


def eventually(holds: Callable[[], object], *, seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not become true in time"
        time.sleep(0.01)


def request(port: int, path: str, method: str = "GET", headers: Mapping[str, str] | None = None) -> tuple[int, Any]:
    """Return status and document (or text) of an answer."""
    answer = urllib3.request(
        method, f"http://127.0.0.1:{port}{path}", headers=dict(headers or {}), retries=False, timeout=5.0
    )
    text = answer.data.decode()
    return answer.status, json.loads(text) if "json" in answer.headers["Content-Type"] else text


def served(root: Path) -> dict[str, str]:
    """Return what a consumer finds at the stable path."""
    top = Path(os.path.realpath(root / "current"))
    found = (path for path in top.rglob("*") if path.is_file())
    return {path.relative_to(top).as_posix(): path.read_text() for path in found}


class Thread:
    """An agent that runs in a thread of the test, with its endpoint."""

    def __init__(self, agent: Agent, events: list[Event], port: int) -> None:
        self.agent = agent
        self.events = events
        self.port = port

    @property
    def names(self) -> list[str]:
        return [event.name for event in self.events]

    def health(self) -> tuple[int, Any]:
        return request(self.port, "/healthz")


@contextmanager
def running(
    root: Path, store: Store, options: Options, *, trust: Path | None = None, listen: Listen | None = None
) -> Iterator[Thread]:
    """Run an agent of `production` meanwhile."""
    events: list[Event] = []
    follower = Follower(root, "production", lambda: store, trust=trust)
    agent = Agent(follower, options, events.append, clock.now)
    with ExitStack() as stack:
        stack.enter_context(agent.folder.alone())
        agent.folder.expose()
        port = stack.enter_context(serve(agent, listen or Listen("127.0.0.1", 0), clock.now))
        thread = threading.Thread(target=lambda: agent.run(once=False))
        thread.start()
        try:
            yield Thread(agent, events, port)
        finally:
            agent.stop()
            thread.join(PATIENCE)
            assert not thread.is_alive()


class Process:
    """`airside agent` in a process of its own."""

    def __init__(self, root: Path, store: str, *options: str) -> None:
        listening = [] if "--once" in options else ["--listen", "127.0.0.1:0"]
        command = ["agent", "production", "--into", str(root), "--store", store, "--json", *listening, *options]
        self._child = subprocess.Popen(
            [sys.executable, "-m", "airside", *command], env=inherited(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self.events: list[dict[str, str]] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._child.stderr is not None
        for line in self._child.stderr:
            if line.startswith(b"{"):
                self.events.append(json.loads(line))

    @property
    def names(self) -> list[str]:
        return [event["event"] for event in self.events]

    def wait_for(self, name: str) -> dict[str, str]:
        eventually(lambda: name in self.names or self._child.poll() is not None)
        return next(event for event in self.events if event["event"] == name)

    @property
    def port(self) -> int:
        return int(self.wait_for("started")["port"])

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        self._child.send_signal(how)
        return self.code()

    def code(self) -> int:
        """Return the exit code, once it ended."""
        try:
            return self._child.wait(PATIENCE)
        finally:
            self._child.kill()
            self._reader.join()
            for stream in (self._child.stdout, self._child.stderr):
                if stream is not None:
                    stream.close()
