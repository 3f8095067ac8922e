"""The first successful run of a workflow after a failure."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from airside.alerts.event import Kind
from airside.alerts.sources.facts import Fact, seconds
from airside.alerts.sources.pages import Row, posted
from airside.alerts.sources.port import Airflow
from airside.alerts.sources.state import Failing

_SLACK: Final = 900.0
"""Seconds that the clock of a worker may be ahead: a task failed by its clock, its run ended by the scheduler's."""

_MOST_PAGES: Final = 5


def recovered(airflow: Airflow, failing: Mapping[str, Failing]) -> Iterator[Fact]:
    """Yield a recovery for each failing workflow that is well again: one request, none where nothing fails.

    Raises:
        PlatformError: Airflow does not answer.
    """
    if not failing:
        return
    earliest = min(each.at for each in failing.values()) - _SLACK
    body = {
        "dag_ids": sorted(failing),
        "states": ["success"],
        "end_date_gte": datetime.fromtimestamp(earliest, UTC).isoformat(),
        "order_by": "-end_date",
    }
    first: dict[str, Row] = {}
    for row in posted(airflow, "/api/v2/dags/~/dagRuns/list", body, "dag_runs", _MOST_PAGES):
        if is_recovery(row, failing[row["dag_id"]]):
            first[row["dag_id"]] = row  # they come newest first
    yield from (Fact.of_run(row, Kind.RUN_RECOVERED) for row in first.values())


def is_recovery(row: Row, failing: Failing) -> bool:
    """Tell whether a successful run says that a workflow is well.

    One that began before the failure and ended after it says so only if no other run, in which something failed, may
    still be going on: that one decides. The last one that failed may be marked as successful; its times stay then.
    """
    start, end = seconds(row["start_date"]), seconds(row["end_date"])
    if row["dag_run_id"] in {failing.last, *failing.runs}:
        return end > failing.at - _SLACK
    return end > failing.at and (not failing.runs or start > failing.at)
