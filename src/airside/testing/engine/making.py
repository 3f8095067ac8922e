"""What a run is, from what a test gives."""

from datetime import datetime
from typing import Any

from airflow.sdk import timezone
from airflow.serialization.encoders import coerce_to_core_timetable
from airflow.utils.types import DagRunType

from airside.testing.engine.facts import RunFacts
from airside.testing.given import Given


def facts_of(dag: Any, given: Given, now: datetime) -> RunFacts:
    """Return what the scheduler would know of the run.

    A run with a logical date is made as a manual one is (`DAG.test`, airflow/sdk/definitions/dag.py, 3.3.2), but its id
    is of that date and not of the moment, so that a test can expect it.
    """
    started = given.clock or now
    run_after = timezone.coerce_datetime(given.logical_date or started)
    run_type = DagRunType.ASSET_TRIGGERED if given.asset_events else DagRunType.MANUAL
    timetable = coerce_to_core_timetable(dag.timetable)
    interval = given.data_interval
    if interval is None and given.logical_date is not None:
        inferred = timetable.infer_manual_data_interval(run_after=run_after)
        interval = (inferred.start, inferred.end)
    run_id = timetable.generate_run_id(run_type=run_type, run_after=run_after, data_interval=None)
    return RunFacts(
        dag_id=given.dag_id,
        run_id=given.run_id or run_id,
        run_type="asset_triggered" if given.asset_events else "manual",
        logical_date=given.logical_date,
        interval=interval,
        run_after=run_after,
        started=started,
        conf=given.conf,
    )
