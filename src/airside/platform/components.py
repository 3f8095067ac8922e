"""The components of the local Airflow: how each one is run, and what state each one is in."""

import re
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airside.platform.database import Database
from airside.platform.supervision import Program, Supervisor

if TYPE_CHECKING:
    from collections.abc import Sequence

# Airflow's serve-logs listens on all interfaces and has no setting for that
# (airflow/utils/serve_logs/core.py 3.3.2); logs of a local executor are read from the disk.
COMMANDS = {
    "api-server": ["api-server"],
    "scheduler": ["scheduler", "--skip-serve-logs"],
    "dag-processor": ["dag-processor"],
    "triggerer": ["triggerer", "--skip-serve-logs"],
}
POSTGRES = "postgres"
ALERTS = "alerts"
"""Tells what fails, and notes summaries; Airflow needs it for nothing."""
PARTS = {"scheduler": "scheduler", "dag-processor": "dag_processor", "triggerer": "triggerer"}
"""The components whose heartbeats Airflow keeps, and what it calls each of them."""
_STOP_SECONDS = {"triggerer": 3}
"""It waits ten seconds for its own child; triggers are taken up again by the next one."""
_PYTHON = "../../env/bin/python"
_ROOT = "../../.."
_STATES = {
    "RUNNING": "running",
    "STARTING": "starting",
    "BACKOFF": "restarting",
    "STOPPING": "stopping",
    "STOPPED": "stopped",
    "EXITED": "stopped",
    "FATAL": "failed",
}
_ENDED = re.compile(r"(?P<how>(?:exited|gave up): (?P<name>[\w-]+) .*)")


@dataclass(frozen=True, slots=True)
class ComponentState:
    """A component at one moment.

    Attributes:
        name: Which one.
        state: `running`, `starting`, `restarting`, `stopping`, `stopped` or `failed`.
        pid: Its process; None while it has none.
        uptime: Seconds since it was started last.
        restarts: How often it ended by itself and was brought back since the platform was started.
        detail: How it ended last; empty if it never did.
    """

    name: str
    state: str
    pid: int | None
    uptime: int
    restarts: int
    detail: str


def programs(database: Database, supervisor: Supervisor, *, alerts: bool = False) -> list[Program]:
    """Return everything that supervisord runs, the database first.

    Args:
        database: Where Airflow keeps its state.
        supervisor: Whose programs.
        alerts: Whether there is something to tell or to note.
    """
    found = [database.server.program(supervisor.working_folder)] if database.server else []
    for name, words in COMMANDS.items():
        command = [_PYTHON, "-m", "airside.platform.airflow_process", *words]
        found.append(Program(name, command, stop_seconds=_STOP_SECONDS.get(name, 15)))
    return [*found, _watcher()] if alerts else found


def _watcher() -> Program:
    # Airside's own Python, not the workspace's: that one has what Airflow needs, and no command line.
    command = [sys.executable, "-m", "airside", "-C", _ROOT, "alerts", "watch"]
    return Program(ALERTS, command, start_seconds=1, stop_seconds=5)


def component_states(supervisor: Supervisor) -> list[ComponentState]:
    """Return the state of every component.

    Raises:
        PlatformError: supervisord does not answer.
    """
    ended = _ends(supervisor.state / "logs" / "supervisord.log")
    found: Sequence[dict[str, Any]] = supervisor.ask("getAllProcessInfo")
    return [
        ComponentState(
            name=info["name"],
            state=_STATES.get(info["statename"], "unknown"),
            pid=info["pid"] or None,
            uptime=max(0, info["now"] - info["start"]) if info["pid"] else 0,
            restarts=len(ended[info["name"]]),
            detail=ended[info["name"]][-1] if ended[info["name"]] else "",
        )
        for info in found
    ]


def _ends(log: Path) -> dict[str, list[str]]:
    """Return how each component ended by itself, from supervisord's log, which is new for each platform."""
    ended: dict[str, list[str]] = defaultdict(list)
    for line in log.read_text(errors="replace").splitlines() if log.exists() else ():
        if match := _ENDED.search(line):
            ended[match["name"]].append(match["how"])
    return ended
