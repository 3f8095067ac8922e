"""What is counted before a move is what the scheduler's own code makes after it."""

from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import msgspec
import pytest
from airflow.models.dag import DagModel
from airflow.models.dagrun import DagRun
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import CronDataIntervalTimetable, CronTriggerTimetable, DeltaDataIntervalTimetable
from airflow.sdk.definitions.dag import DAG
from airflow.serialization.serialized_objects import DagSerialization
from airflow.utils.types import DagRunType
from dateutil.relativedelta import relativedelta  # type: ignore[import-untyped]

from airside.inspection.describing import describe_workflow
from airside.inspection.due import count_due
from airside.inspection.facts import AutomatedRun, DueAnswer, DueQuestion, DueRequest
from airside.inspection.places import Tree

LIMIT = 40
SCHEDULES = {
    "intervals": CronDataIntervalTimetable("0 */6 * * *", timezone="Europe/Berlin"),
    "moments": CronTriggerTimetable("30 3 * * 1-5", timezone="America/New_York"),
    "moments-with-intervals": CronTriggerTimetable("0 0 * * *", timezone="UTC", interval=timedelta(days=1)),
    "lengths": DeltaDataIntervalTimetable(timedelta(hours=7)),
    "months": DeltaDataIntervalTimetable(relativedelta(months=1)),
    "preset": "@daily",
    "length": timedelta(hours=5),
    "once": "@once",
    "never": None,
}
NOW = datetime.now(UTC).replace(microsecond=0)
DAYS = timedelta(days=1)


def by_the_scheduler(dag: DAG, last: AutomatedRun | None) -> int:
    """Do what the scheduler does with the row of a workflow, until nothing is due: every run follows from the last."""
    served = DagSerialization.from_dict(DagSerialization.to_dict(dag))
    row = DagModel(dag_id=dag.dag_id)
    run = made(last.interval_start, last.interval_end, last.run_after) if last else None
    for count in range(LIMIT):
        row.calculate_dagrun_date_fields(served, reference_run=run)
        if row.next_dagrun_create_after is None or row.next_dagrun_create_after > datetime.now(UTC):
            return count
        assert row.next_dagrun_data_interval is not None
        start, end = row.next_dagrun_data_interval
        run = made(start, end, row.next_dagrun_create_after)
    return LIMIT


def made(start: datetime | None, end: datetime | None, after: datetime) -> DagRun:
    return DagRun(
        dag_id="any",
        run_id="any",
        run_type=DagRunType.SCHEDULED,
        logical_date=start,
        data_interval=(start, end),
        run_after=after,
    )


def by_airside(dag: DAG, last: AutomatedRun | None) -> int | None:
    described = describe_workflow(dag, Tree(Path(__file__).parent)).description
    question = DueQuestion(
        workflow="any",
        timetable=described.timetable,
        start_date=described.start_date,
        end_date=described.end_date,
        catchup=described.catchup,
        last=last,
    )
    payload = msgspec.json.encode(DueRequest(limit=LIMIT, questions=(question,)))
    return msgspec.json.decode(count_due(Path("/"), payload), type=DueAnswer).runs["any"]


def last_run(days: float) -> AutomatedRun:
    end = NOW - days * DAYS
    return AutomatedRun(run_after=end, interval_start=end - timedelta(hours=12), interval_end=end)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_as_many_runs_are_told_as_the_scheduler_makes(schedule: str) -> None:
    begins: tuple[Any, ...] = (None, NOW - 70 * DAYS, NOW - 3 * DAYS, NOW + DAYS)
    ends: tuple[Any, ...] = (None, NOW - 2 * DAYS)
    lasts: tuple[Any, ...] = (None, last_run(40), last_run(2.3), last_run(0.01))
    for begin, end, catchup, last in product(begins, ends, (True, False), lasts):
        if catchup and begin is None:
            continue  # Airflow refuses it
        with DAG("any", schedule=SCHEDULES[schedule], start_date=begin, end_date=end, catchup=catchup) as dag:
            EmptyOperator(task_id="done")
        assert by_airside(dag, last) == by_the_scheduler(dag, last), (begin, end, catchup, last)


def test_dates_of_tasks_count_as_they_do_for_the_scheduler() -> None:
    with DAG("any", schedule="@daily", catchup=True, default_args={"start_date": NOW - 9 * DAYS}) as dag:
        EmptyOperator(task_id="early", start_date=NOW - 9 * DAYS, end_date=NOW - 5 * DAYS)
        EmptyOperator(task_id="late", start_date=NOW - 4 * DAYS, end_date=NOW - 3 * DAYS)
    assert by_airside(dag, None) == by_the_scheduler(dag, None) > 4


def test_a_workflow_begins_with_its_first_task_and_ends_with_its_last() -> None:
    hours = CronDataIntervalTimetable("0 * * * *", timezone="UTC")
    for begin, end, due in ((NOW + DAYS, None, 0), (NOW - 9 * DAYS, NOW - DAYS, 0), (NOW - 9 * DAYS, None, 1)):
        with DAG("any", schedule=hours, catchup=False) as dag:
            EmptyOperator(task_id="early", start_date=begin, end_date=end)
            EmptyOperator(task_id="late", start_date=begin + DAYS, end_date=end)
        assert by_airside(dag, None) == by_the_scheduler(dag, None) == due
