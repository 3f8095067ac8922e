"""The Airflow of the workspace on this machine: whether it runs, answers and serves what it should."""

from collections.abc import Callable, Iterator
from datetime import datetime

from airside.base.clock import to_text
from airside.base.names import bundle_name
from airside.delivery.environments import read_current, read_record
from airside.delivery.serving import shortfall
from airside.platform.confirmation import STALE_AFTER, confirmed_at
from airside.platform.diagnosis.findings import Finding
from airside.platform.health import PARTS
from airside.platform.local import RunningPlatform, find, is_starting, leftovers
from airside.store.port import Store
from airside.workspace.workspace import Workspace


def airflow_findings(workspace: Workspace, open_store: Callable[[], Store], now: datetime) -> Iterator[Finding]:
    """Look at the Airflow that runs here, if one does.

    Raises:
        PlatformError: It runs and does not answer.
    """
    if (platform := find(workspace)) is None:
        yield _stopped(workspace)
        return
    yield Finding("airflow", "ok", f"It runs at {platform.url}")
    yield from _components(platform)
    yield from _health(platform)
    if platform.tracked:
        store = open_store()
        for name in platform.tracked:
            yield from _serves(platform, store, name)
            yield from _hears(workspace, name, now)


def _stopped(workspace: Workspace) -> Finding:
    if is_starting(workspace):
        return Finding("airflow", "ok", "It is being started")
    if left := leftovers(workspace):
        return Finding("airflow", "problem", f"It was killed, and {len(left)} of its processes are left", "airside up")
    return Finding("airflow", "ok", "None runs here for this workspace; `airside up` starts one")


def _components(platform: RunningPlatform) -> Iterator[Finding]:
    for component in platform.components():
        if component.state != "running":
            seen = f"{component.name} is {component.state}: {component.detail}"
            yield Finding("airflow", "problem", seen, f"airside logs {component.name}")
        elif component.restarts:
            times = "once" if component.restarts == 1 else f"{component.restarts} times"
            seen = f"{component.name} was restarted {times}: {component.detail}"
            yield Finding("airflow", "warning", seen, f"airside logs {component.name}")


def _health(platform: RunningPlatform) -> Iterator[Finding]:
    health = platform.client().health()
    ill = [part for part in PARTS if part not in health or health[part].status != "healthy"]
    for part in ill:
        yield Finding("airflow", "problem", f"Airflow says that its {part} is not healthy", "airside restart")
    if not ill:
        yield Finding("airflow", "ok", "Airflow says that all its parts are healthy")


def _serves(platform: RunningPlatform, store: Store, name: str) -> Iterator[Finding]:
    if (current := read_current(store, name)) is None:
        return
    missing = shortfall(platform.client(), bundle_name(name), read_record(store, current.pointer.release))
    if missing:
        yield Finding("airflow", "problem", f"It does not serve {name!r}: {missing.describe()}", "airside status")
    else:
        yield Finding("airflow", "ok", f"It serves what {name!r} points to")


def _hears(workspace: Workspace, name: str, now: datetime) -> Iterator[Finding]:
    confirmed = confirmed_at(workspace, name)
    if confirmed is not None and now - confirmed > STALE_AFTER:
        seen = f"It has heard nothing from the store about {name!r} since {to_text(confirmed)}"
        yield Finding("airflow", "problem", seen, "airside logs dag-processor")
