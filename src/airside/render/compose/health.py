"""How containers tell that they are well: commands of a shell, cheap enough to run all day."""

from typing import Final

from airside.render.compose.layout import SECRETS

_HEALTH: Final = "http://api-server:8080/api/v2/monitor/health"

_WORKER: Final = "; ".join(
    [
        "import socket, sys",
        "from celery import Celery",
        f'app = Celery(broker=open("{SECRETS}/broker_url").read().strip())',
        'sys.exit(not app.control.ping(destination=["celery@" + socket.gethostname()], timeout=10))',
    ]
)


def _component(name: str) -> str:
    program = f'import json, sys; sys.exit(json.load(sys.stdin)["{name}"]["status"] != "healthy")'
    return f"health=$(curl --fail --silent {_HEALTH}) && echo \"$health\" | python -c '{program}'"


CHECKS: Final = {
    "dag_processor": _component("dag_processor"),
    "triggerer": _component("triggerer"),
    "worker": f"python -c '{_WORKER}'",
}
"""By component. One line each: podman splits the words of others."""
