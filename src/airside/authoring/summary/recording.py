"""Writing a report to the XCom of the task that runs here."""

import logging
import threading
from typing import Any, Final

import msgspec
from airflow.sdk import get_current_context
from airflow.sdk._shared.secrets_masker import redact

from airside.authoring.report import KEY
from airside.authoring.summary.reported import Report, parsed
from airside.base.errors import UsageError
from airside.running.current import LOCAL, current_environment

_one_at_a_time: Final = threading.Lock()
"""A task may report from several threads, and each call reads what the one before it wrote."""

log = logging.getLogger(__name__)


def is_desk() -> bool:
    """Tell whether this is where an author works, and an error is seen by the one who can mend it."""
    if _task_instance() is None:
        return True
    try:
        return current_environment() == LOCAL
    except UsageError:
        return False


def record(report: Report) -> dict[str, Any]:
    """Add `report` to that of the task that runs here, and return the whole; where there is no task, `report` alone.

    What was reported before is asked from Airflow: a deferred task goes on in another process.
    """
    if (task := _task_instance()) is None:
        return report.document()
    with _one_at_a_time:
        try:
            before = task.xcom_pull(task_ids=task.task_id, key=KEY, map_indexes=_map_index(task))
            whole = ((parsed(before) or Report()) + _masked(report)).document()
            task.xcom_push(key=KEY, value=whole)
        except Exception:
            # Whatever Airflow or somebody's own XCom backend raises: the work of the task is worth more.
            log.warning("What this task reports could not be written", exc_info=True)
            return report.document()
    return whole


def _masked(report: Report) -> Report:
    """Return `report` with all secrets masked that this process has read. Figures are numbers, and hold none."""
    urls, charts = redact(list(report.urls)), redact(list(report.charts))
    return msgspec.structs.replace(report, urls=tuple(urls), charts=tuple(charts))


def _task_instance() -> Any:  # noqa: ANN401 - Airflow's
    try:
        return get_current_context()["ti"]
    except RuntimeError:
        return None


def _map_index(task: Any) -> int:  # noqa: ANN401 - as above
    return -1 if task.map_index is None else int(task.map_index)
