"""Waiting until every component of a started Airflow is well, or one is not going to be."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from airside.base.errors import PlatformError
from airside.platform.api import AirflowClient, Health
from airside.platform.components import ComponentState
from airside.platform.logs import fault, log_path
from airside.platform.steps import Report, Step

PARTS = ("metadatabase", "scheduler", "dag_processor", "triggerer")
_POLL_SECONDS = 0.1
_MOST_RESTARTS = 2
_LONGEST_SECONDS = 300.0
"""A machine so slow that a start takes longer is of no use for Airflow."""

States = Callable[[], Sequence[ComponentState]]


def await_healthy(
    states: States, client: AirflowClient, state: Path, since: Mapping[str, datetime], report: Report
) -> None:
    """Return when Airflow says that all its parts are healthy.

    Args:
        states: Returns what supervisord says of the components.
        client: Asks Airflow.
        state: The workspace's `.airside`, where the logs are.
        since: For each part that was started just now, when: heartbeats before are those of an earlier process.
        report: Is told each part that becomes healthy.

    Raises:
        PlatformError: A component keeps ending; what it said is in the message.
    """
    deadline = time.monotonic() + _LONGEST_SECONDS
    told: set[str] = set()
    before = {component.name: component.restarts for component in states()}
    while True:
        require_no_crash_loop(states(), before, state)
        healthy = {part for part, health in _health(client).items() if _is_well(health, since.get(part))}
        for part in PARTS:
            if part in healthy and part not in told:
                report(Step(f"{part.replace('_', ' ')} is healthy"))
        told |= healthy
        if told.issuperset(PARTS):
            return
        if time.monotonic() > deadline:
            raise _too_slow(set(PARTS) - told, state)
        time.sleep(_POLL_SECONDS)


def require_no_crash_loop(states: Sequence[ComponentState], before: Mapping[str, int], state: Path) -> None:
    """Return if every component may still come up.

    Args:
        states: How they are.
        before: How often each one had ended at the start of the wait; 0 where it is not named.
        state: The workspace's `.airside`, where the logs are.

    Raises:
        PlatformError: One has failed for good, or again and again; what it said is in the message.
    """
    for component in states:
        if component.state == "failed" or component.restarts - before.get(component.name, 0) > _MOST_RESTARTS:
            path = log_path(state, component.name)
            raise PlatformError(f"{component.name} does not start: {fault(path)}", hint=f"Its whole log is {path}.")


def _health(client: AirflowClient) -> dict[str, Health]:
    try:
        return dict(client.health())
    except PlatformError:  # the API server is not up yet; whether it will be, supervisord knows
        return {}


def _is_well(health: Health, started: datetime | None) -> bool:
    if health.status != "healthy":
        return False
    return started is None or health.heartbeat is None or datetime.fromisoformat(health.heartbeat) >= started


def _too_slow(parts: set[str], state: Path) -> PlatformError:
    names = ", ".join(sorted(parts))
    return PlatformError(
        f"Airflow is not healthy after {_LONGEST_SECONDS:.0f} s: {names}", hint=f"Logs: {state / 'logs'}"
    )
