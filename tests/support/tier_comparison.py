"""What came of a run, as both tiers have to say it."""

import re
from collections.abc import Collection, Iterator
from typing import Any

from airside.testing.outcome import Failure, RunOutcome, TaskOutcome

VARYING = re.compile(r"PID: \d+|duration of [\d.]+ seconds|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00")
"""Parts of texts that are others in each run."""


def essence(came: RunOutcome, skipped: Collection[str] = ()) -> dict[str, Any]:
    """Return all that a run did, but for times, texts of logs, and places in files.

    Args:
        came: The run.
        skipped: What is not looked at of its tasks: keys of `_of`.
    """
    started = sorted((task for task in came.tasks if task.order is not None), key=lambda task: task.order or 0)
    return {
        "run": (came.dag_id, _steady(came.run_id), came.state, _told(came.error)),
        "tasks": {
            str(task.key): {name: value for name, value in _of(task).items() if name not in skipped}
            for task in came.tasks
        },
        "order": [str(task.key) for task in started],
        "graph": (came.task_ids, came.edges),
        "needs": sorted((need.kind, need.name, need.is_given, need.task_id or "") for need in came.needs),
        "assets": came.asset_events,
        "triggered": [(run.dag_id, str(run.task), _steady(run.run_id), dict(run.conf)) for run in came.triggered],
        "tells": came.tells,
    }


def differences(one: RunOutcome, other: RunOutcome, skipped: Collection[str] = ()) -> list[str]:
    """Return where two runs differ, a line each."""
    return list(unlike(essence(one, skipped), essence(other, skipped)))


def unlike(one: Any, other: Any, path: str = "") -> Iterator[str]:  # noqa: ANN401 - whatever tasks return
    """Yield where two values differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in [*one, *(key for key in other if key not in one)]:
            yield from unlike(one.get(key), other.get(key), f"{path}.{key}")
    elif one != other:
        yield f"{path[1:]}: {one!r} ≠ {other!r}"


def _of(task: TaskOutcome) -> dict[str, Any]:
    return {
        "state": task.state,
        "operator": task.operator,
        "tries": task.tries,
        "xcoms": dict(task.xcoms),
        "rendered": dict(task.rendered),
        "error": _told(task.error),
        "tells": task.tells,
        "stubbed": task.stubbed,
    }


def _told(error: Failure | None) -> str | None:
    return None if error is None else _steady(str(error))


def _steady(text: str) -> str:
    return VARYING.sub("…", text)
