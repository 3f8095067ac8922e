"""Tasks that failed for good, runs that failed, deadlines that were missed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from airside.alerts.event import Kind
from airside.alerts.sources.facts import Fact, seconds
from airside.alerts.sources.pages import Row, news
from airside.alerts.sources.port import Airflow
from airside.alerts.sources.window import moment
from airside.base.errors import PlatformError

_CHECKS: Final = ("check.", "checks.")
"""The task groups of checks before the work."""

_NONE_SUCH: Final = frozenset({403, 404})
_ALL_TASKS: Final = "/api/v2/dags/~/dagRuns/~/taskInstances"

IsTold = Callable[[str], bool]


def failed_tasks(airflow: Airflow, since: float, is_told: IsTold, *, thorough: bool) -> Iterator[Fact]:
    """Yield the tasks that failed for good and were not told; one that will be tried again is `up_for_retry`.

    `updated_at` is asked for, which the API server or the scheduler writes, and not the time of the end, which is of
    the worker's clock. Nothing is rounded: of two in one millisecond, each has an id.
    """
    path = f"{_ALL_TASKS}?state=failed&updated_at_gte={moment(since)}&order_by=-end_date"
    for row in news(airflow, path, "task_instances", _unless(_task, is_told), thorough=thorough):
        yield _known_since(_task(row), since)


def failed_runs(airflow: Airflow, since: float, is_told: IsTold, *, thorough: bool) -> Iterator[Fact]:
    """Yield the runs that failed and were not told."""
    path = f"/api/v2/dags/~/dagRuns?state=failed&updated_at_gte={moment(since)}&order_by=-end_date"
    for row in news(airflow, path, "dag_runs", _unless(_run, is_told), thorough=thorough):
        yield _known_since(_run(row), since)


def missed_deadlines(airflow: Airflow, since: float, is_told: IsTold) -> Iterator[Fact]:
    """Yield the deadlines that were missed and not told.

    Only the API of the UI has them (airflow/api_fastapi/core_api/routes/ui/deadlines.py 3.3); where it does not, or
    the user may not see them, there are none.
    """
    path = f"/ui/dags/~/dagRuns/~/deadlines?missed=true&last_updated_at_gte={moment(since)}&order_by=-deadline_time"
    try:
        for row in news(airflow, path, "deadlines", _unless(_deadline, is_told)):
            yield _deadline(row)
    except PlatformError as error:
        if getattr(error, "status", None) not in _NONE_SUCH:
            raise


def _known_since(fact: Fact, since: float) -> Fact:
    """Return `fact` no earlier than the time that is looked at.

    What somebody marks as failed days later keeps the time of its end, and no success since then says that it is well.
    """
    return replace(fact, at=max(fact.at, since))


def _unless(make: Callable[[Row], Fact], is_told: IsTold) -> Callable[[Row], bool]:
    return lambda row: not is_told(make(row).key)


def _task(row: Row) -> Fact:
    is_check = str(row["task_id"]).startswith(_CHECKS)
    return Fact.of_task(row, Kind.CHECK_FAILED if is_check else Kind.TASK_FAILED)


def _run(row: Row) -> Fact:
    return Fact.of_run(row, Kind.RUN_FAILED)


def _deadline(row: Row) -> Fact:
    name = f"Deadline {row['alert_name']!r}" if row.get("alert_name") else "A deadline"
    return Fact(
        key=f"deadline {row['id']}",
        kind=Kind.DEADLINE_MISSED,
        at=seconds(row["deadline_time"]),
        workflow=row["dag_id"],
        run=row["dag_run_id"],
        error=f"{name} was missed: {row['deadline_time']}",
    )
