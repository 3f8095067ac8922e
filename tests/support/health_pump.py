"""Somebody who runs health checks: docker does it itself, podman leaves it to systemd, which a test has not."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from containers import COMPOSE_LABEL, Podman

_PAUSE = 1.0


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
    next_look: dict[str, float] = {}
    with ThreadPoolExecutor(2) as pool:
        while not ended.wait(_PAUSE):
            now = time.monotonic()
            due = {name: pause for name, pause in _checked(podman, project).items() if now >= next_look.get(name, 0)}
            list(pool.map(lambda name: podman("healthcheck", "run", name, check=False), due))
            next_look |= {name: time.monotonic() + pause for name, pause in due.items()}


def _checked(podman: Podman, project: str) -> dict[str, float]:
    """Return the running containers that have a health check, and the seconds between two of each."""
    listed = podman("ps", "--quiet", "--filter", f"label={COMPOSE_LABEL}={project}", check=False).split()
    if not listed:
        return {}
    found = json.loads(podman("inspect", *listed, check=False) or "[]")
    checks = {each["Id"]: each["Config"].get("Healthcheck") or {} for each in found}
    return {name: check.get("Interval", 0) / 1e9 for name, check in checks.items() if check.get("Test")}
