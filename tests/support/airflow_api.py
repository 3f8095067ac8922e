"""Airflow's real API server over a database in which a test plays scheduler, worker and author."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from airside.base.errors import PlatformError
from airside.platform.http import Session
from airside.platform.ports import free_port

_PROGRAM = Path(__file__).with_name("airflow_api_server.py")
_PATIENCE = 60.0
READER = "airside-alerts"
"""A user who may only read."""

PASSWORDS = {"airflow": "airflow", READER: "the password of a reader"}


@dataclass
class Counting:
    """A session that counts; while it is `away`, no request arrives."""

    session: Session
    seen: list[str] = field(default_factory=list)
    away: bool = False

    def call(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - whatever JSON holds
        self._arrive(f"{method} {path}")
        return self.session.call(method, path, body)

    def lines(self, path: str, *, most_bytes: int, seconds: float) -> Iterator[bytes]:
        self._arrive(f"LINES {path}")
        return self.session.lines(path, most_bytes=most_bytes, seconds=seconds)

    def _arrive(self, request: str) -> None:
        self.seen.append(request)
        if self.away:
            raise PlatformError("Airflow does not answer")


class AirflowApi:
    """Starts the program, and tells it what happens.

    Args:
        home: Airflow's folder.
    """

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port(28600)
        self.url = f"http://127.0.0.1:{self.port}"
        home.mkdir()
        (home / "passwords.json").write_text(json.dumps(PASSWORDS))
        reading, writing = os.pipe()
        self._answers = os.fdopen(reading)
        with (home / "server.log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, _PROGRAM, str(self.port), str(writing)],
                env=_environ(home),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                text=True,
                pass_fds=[writing],
            )
        os.close(writing)

    def session(self, user: str = "airflow") -> Counting:
        return Counting(Session(self.url, user, PASSWORDS[user]))

    def await_ready(self) -> None:
        started = time.monotonic()
        while True:
            try:
                self.session().call("GET", "/api/v2/dags?limit=1")
            except PlatformError:
                assert self._process.poll() is None, (self.home / "server.log").read_text()
                assert time.monotonic() - started < _PATIENCE
                time.sleep(0.1)
                continue
            return

    def do(self, name: str, *arguments: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([name, *arguments]) + "\n")
        self._process.stdin.flush()
        assert self._answers.readline() == "done\n", (self.home / "server.log").read_text()[-3000:]

    def beat(self, seconds: float = 0.0) -> None:
        """Let the scheduler live, by a clock that is `seconds` ahead of ours."""
        self.do("beat", ahead(seconds))

    def fail(self, workflow: str, run: str, task: str = "load", *, at: str | None = None, attempt: int = 1) -> None:
        """Let a task fail for good."""
        self.do("end_task", workflow, run, task, "failed", at, attempt)

    def end(self, workflow: str, run: str, state: str = "failed", *, at: str | None = None) -> None:
        self.do("end_run", workflow, run, state, at)

    def log(self, workflow: str, run: str, task: str, *records: dict[str, object], attempt: int = 1) -> None:
        """Write the log of a task as a worker does."""
        folder = self.home / "logs" / f"dag_id={workflow}" / f"run_id={run}" / f"task_id={task}"
        folder.mkdir(parents=True, exist_ok=True)
        lines = [json.dumps({"timestamp": ahead(0), "level": "info", "event": "…"} | record) for record in records]
        (folder / f"attempt={attempt}.log").write_text("".join(f"{line}\n" for line in lines))

    def run_of(self, workflow: str, run: str) -> dict[str, Any]:
        path = f"/api/v2/dags/{workflow}/dagRuns/{quote(run, safe='')}"
        found: dict[str, Any] = self.session().call("GET", path)
        return found

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()
        self._answers.close()


def ahead(seconds: float) -> str:
    """Return the time in so many seconds, as text."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def _environ(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "PYTHONDONT"))}  # noqa: TID251 - a test process is its own program
    options = {
        "DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__SIMPLE_AUTH_MANAGER_USERS": "airflow:admin,airside-alerts:viewer",
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": f"{home}/passwords.json",
        "LOGGING__BASE_LOG_FOLDER": f"{home}/logs",
        "API_AUTH__JWT_SECRET": "a secret of these tests, long enough for its algorithm",
    }
    return kept | {"AIRFLOW_HOME": str(home)} | {f"AIRFLOW__{name}": value for name, value in options.items()}
