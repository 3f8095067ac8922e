"""How many runs Airflow's scheduler would create at once, told by Airflow's own timetables."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from airflow.sdk import (
    CronDataIntervalTimetable,
    CronTriggerTimetable,
    DeltaTriggerTimetable,
    MultipleCronTriggerTimetable,
)
from airflow.sdk.definitions.asset import Asset
from airflow.sdk.definitions.dag import DAG
from airflow.serialization.encoders import encode_timetable

from airside.inspection.due import count_due
from airside.inspection.facts import AutomatedRun, DueAnswer, DueQuestion, DueRequest

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def ago(time: timedelta) -> datetime:
    """Return a full hour, at least `time` and at most an hour more before now."""
    return (datetime.now(UTC) - time).replace(minute=0, second=0, microsecond=0)


def encoded(schedule: Any) -> str:  # noqa: ANN401 - what DAG takes
    return json.dumps(encode_timetable(DAG("any", schedule=schedule, max_active_runs=1).timetable))


def count(schedule: Any, *, limit: int = 100, **question: Any) -> int | None:  # noqa: ANN401 - as above
    asked = DueQuestion(workflow="any", timetable=encoded(schedule), **question)
    return answer(asked, limit)


def answer(question: DueQuestion, limit: int = 100) -> int | None:
    payload = msgspec.json.encode(DueRequest(limit=limit, questions=(question,)))
    return msgspec.json.decode(count_due(Path("/"), payload), type=DueAnswer).runs["any"]


def ended(time: datetime, length: timedelta) -> AutomatedRun:
    return AutomatedRun(run_after=time, interval_start=time - length, interval_end=time)


# Three hours and some minutes ago: of the hours since, three whole intervals are over, and four moments have come.
@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (CronDataIntervalTimetable("0 * * * *", timezone="UTC"), 3),
        (CronTriggerTimetable("0 * * * *", timezone="UTC"), 4),
        (DeltaTriggerTimetable(HOUR), 4),
        (MultipleCronTriggerTimetable("0 * * * *", "0 0 1 1 *", timezone="UTC"), 4),
    ],
)
def test_every_missed_interval_is_due_with_catchup(schedule: object, expected: int) -> None:
    assert count(schedule, start_date=ago(3 * HOUR).isoformat(), catchup=True) == expected


@pytest.mark.parametrize("timetable", [CronDataIntervalTimetable, CronTriggerTimetable])
def test_the_last_missed_interval_is_due_without_catchup(timetable: Any) -> None:  # noqa: ANN401 - a class
    assert count(timetable("0 * * * *", timezone="UTC"), start_date=ago(90 * DAY).isoformat()) == 1


def test_nothing_is_due_before_the_start_date() -> None:
    assert count("@hourly", start_date=(datetime.now(UTC) + DAY).isoformat(), catchup=True) == 0


def test_nothing_is_due_after_the_end_date() -> None:
    start, end = ago(5 * HOUR), ago(4 * HOUR)
    assert count("@hourly", start_date=start.isoformat(), end_date=end.isoformat(), catchup=True) == 2
    assert count("@hourly", start_date=start.isoformat(), end_date=end.isoformat()) == 0


def test_runs_go_on_from_the_last_one() -> None:
    schedule = CronDataIntervalTimetable("0 * * * *", timezone="UTC")
    last = ended(ago(2 * HOUR), HOUR)
    assert count(schedule, start_date=ago(90 * DAY).isoformat(), catchup=True, last=last) == 2
    assert count(schedule, start_date=ago(90 * DAY).isoformat(), catchup=True, last=ended(ago(0 * HOUR), HOUR)) == 0


def test_a_finer_schedule_goes_on_from_the_last_run_of_the_coarser_one() -> None:
    schedule = CronDataIntervalTimetable("0 * * * *", timezone="UTC")
    assert count(schedule, start_date=ago(9 * DAY).isoformat(), catchup=True, last=ended(ago(3 * HOUR), DAY)) == 3


def test_once_is_due_once() -> None:
    assert count("@once") == 1
    assert count("@once", start_date=ago(DAY).isoformat(), last=ended(ago(DAY), 0 * HOUR)) == 0


def test_continuous_is_due_one_run_at_a_time() -> None:
    assert count("@continuous", start_date=ago(DAY).isoformat()) == 1


@pytest.mark.parametrize("schedule", [None, [Asset("orders")]])
def test_what_no_clock_starts_is_never_due(schedule: object) -> None:
    assert count(schedule, start_date=ago(DAY).isoformat(), catchup=True) == 0


def test_counting_ends_at_the_limit() -> None:
    assert count("@hourly", start_date=ago(90 * DAY).isoformat(), catchup=True, limit=7) == 7


def test_a_timetable_that_is_not_known_here_cannot_be_told() -> None:
    unknown = json.dumps({"__type": "teams.calendar.Workdays", "__var": {}})
    assert answer(DueQuestion(workflow="any", timetable=unknown)) is None
    assert answer(DueQuestion(workflow="any", timetable=None)) is None


def test_a_schedule_that_followed_partitions_cannot_be_told() -> None:
    last = AutomatedRun(run_after=ago(HOUR), partition_date=ago(HOUR), partition_key="a")
    assert count("@hourly", start_date=ago(DAY).isoformat(), last=last) is None
