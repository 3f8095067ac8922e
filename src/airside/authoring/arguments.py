"""The arguments of the DAG that a workflow becomes."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from airside.authoring.keys import LABELS, TASK

TEAM_TAG: Final = "team:"

BUILT_IN: Final[Mapping[str, Any]] = {
    "catchup": False,
    "max_active_runs": 1,
    "retries": 2,
    "retry_delay": timedelta(minutes=1),
}
"""What holds where nobody says anything."""

BACK_OFF: Final = 2.0
"""Each wait before a retry is this often as long as the one before; see `retry_exponential_backoff` of Airflow."""

_OURS: Final = frozenset({*TASK, *LABELS})
"""What `DAG` does not take, or takes together with other things."""


def dag_arguments(given: Mapping[str, Any], *layers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keyword arguments of Airflow's `DAG`.

    Args:
        given: What the DAG file says: anything that `DAG` takes, and what a workflow may be told. It wins.
        layers: What was said elsewhere, the weakest first.
    """
    told: dict[str, Any] = dict(BUILT_IN)
    tags: dict[str, None] = {}
    for layer in (*layers, given):
        told |= layer
        tags |= dict.fromkeys(layer.get("tags") or ())
    team = told.get("team")
    if team:
        tags[f"{TEAM_TAG}{team}"] = None
    tasks = {key: told[key] for key in TASK if key in told}
    if team:
        tasks.setdefault("owner", team)
    tasks = {"retry_exponential_backoff": BACK_OFF} | tasks | dict(given.get("default_args") or {})
    rest = {key: value for key, value in told.items() if key not in _OURS}
    return rest | {"default_args": tasks, "tags": list(tags)}
