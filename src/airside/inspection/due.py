"""Counting the runs that Airflow's scheduler would create at once, with Airflow's own timetables."""

import json
from datetime import datetime
from pathlib import Path

import msgspec
from airflow._shared.timezones.timezone import coerce_datetime, utcnow
from airflow.serialization.decoders import decode_timetable
from airflow.timetables.base import DagRunInfo, DataInterval, TimeRestriction, Timetable

from airside.inspection.facts import AutomatedRun, DueAnswer, DueQuestion, DueRequest


def count_due(root: Path, payload: bytes) -> bytes:  # noqa: ARG001 - every kind of work is given the root
    """Answer a `DueRequest` with a `DueAnswer`, both JSON."""
    request = msgspec.json.decode(payload, type=DueRequest)
    runs = {question.workflow: _told(question, request) for question in request.questions}
    return msgspec.json.encode(DueAnswer(runs=runs))


def _told(question: DueQuestion, request: DueRequest) -> int | None:
    if question.timetable is None:
        return None
    try:
        return _count(decode_timetable(json.loads(question.timetable)), question, request)
    except Exception:  # noqa: BLE001 - a timetable is code of anybody's; one that is not registered here is none to ask
        return None


def _count(timetable: Timetable, question: DueQuestion, request: DueRequest) -> int | None:
    last = _info(question.last)
    if last is not None and last.data_interval is None and not timetable.partitioned:
        return None  # the last run was one of a partition: Airflow follows an older one, which nobody named
    # airflow/serialization/definitions/dag.py 3.3.2, `_time_restriction` and `next_dagrun_info`. The scheduler computes
    # the next run from the newest when it reads the file (airflow/models/dag.py, `calculate_dagrun_date_fields`), and
    # again from each run that it creates (airflow/jobs/scheduler_job_runner.py, `_create_dag_runs`).
    restriction = TimeRestriction(_time(question.start_date), _time(question.end_date), question.catchup)
    # `@continuous` is due whenever no run is active.
    limit = min(request.limit, timetable.active_runs_limit or request.limit)
    for count in range(limit):
        last = timetable.next_dagrun_info_v2(last_dagrun_info=last, restriction=restriction)
        if last is None or last.run_after > utcnow():
            return count
    return limit


def _time(text: str | None) -> datetime | None:
    return coerce_datetime(datetime.fromisoformat(text)) if text else None


def _info(run: AutomatedRun | None) -> DagRunInfo | None:
    if run is None:
        return None
    start, end = coerce_datetime(run.interval_start), coerce_datetime(run.interval_end)
    return DagRunInfo(
        run_after=coerce_datetime(run.run_after),
        data_interval=DataInterval(start, end) if start and end else None,
        partition_date=coerce_datetime(run.partition_date),
        partition_key=run.partition_key,
    )
