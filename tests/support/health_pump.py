"""Somebody who runs health checks: docker does it itself, podman leaves it to systemd, which a test has not."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from containers import COMPOSE_LABEL, Podman

_PAUSE = 1.0
_WELL_FOR = 30.0
"""Seconds until one that was healthy is looked at again: a check of Airflow's takes seconds of a processor."""


@contextmanager
def pumped(podman: Podman, project: str) -> Iterator[None]:
    """Run the health checks of all containers of a project of docker-compose until the block ends."""
    ended = threading.Event()
    thread = threading.Thread(target=_pump, args=(podman, project, ended), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _pump(podman: Podman, project: str, ended: threading.Event) -> None:
    well: dict[str, float] = {}
    with ThreadPoolExecutor(2) as pool:
        while not ended.wait(_PAUSE):
            now = time.monotonic()
            due = [each for each in _checked(podman, project) if now - well.get(each, -_WELL_FOR) >= _WELL_FOR]
            for name, answer in zip(due, pool.map(lambda name: _is_well(podman, name), due), strict=True):
                if answer:
                    well[name] = time.monotonic()


def _checked(podman: Podman, project: str) -> list[str]:
    """Return the running containers that have a health check."""
    listed = podman("ps", "--quiet", "--filter", f"label={COMPOSE_LABEL}={project}", check=False).split()
    if not listed:
        return []
    found = json.loads(podman("inspect", *listed, check=False) or "[]")
    return [each["Id"] for each in found if (each["Config"].get("Healthcheck") or {}).get("Test")]


def _is_well(podman: Podman, name: str) -> bool:
    return "unhealthy" not in (said := podman("healthcheck", "run", name, check=False)) and not said
