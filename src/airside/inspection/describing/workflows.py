"""The description of a workflow, without what its tasks need."""

import json
from datetime import datetime

from airflow.exceptions import AirflowException
from airflow.serialization.encoders import coerce_to_core_timetable, encode_timetable

from airside.inspection.contract.objects import Dag
from airside.inspection.contract.operators import scheduled_assets
from airside.inspection.describing.values import duration, jsonable, moment
from airside.release.description import Need, TaskDescription, WorkflowDescription


def describe_dag(
    dag: Dag, file: str, line: int | None, tasks: tuple[TaskDescription, ...], needs: tuple[Need, ...]
) -> WorkflowDescription:
    """Return the description of `dag`, made at `line` of `file`."""
    return WorkflowDescription(
        id=dag.dag_id,
        file=file,
        line=line,
        schedule=_schedule(dag),
        timetable=_timetable(dag),
        start_date=moment(_begin(dag)),
        end_date=moment(_end(dag)),
        catchup=bool(dag.catchup),
        max_active_runs=int(dag.max_active_runs),
        max_active_tasks=int(dag.max_active_tasks),
        run_timeout=duration(dag.dagrun_timeout),
        owners=tuple(sorted({task.owner for task in tasks})),
        tags=tuple(sorted(str(tag) for tag in dag.tags or ())),
        documented=bool(dag.doc_md or dag.description),
        params=_params(dag),
        paused_at_creation=dag.is_paused_upon_creation,
        assets=tuple(scheduled_assets(dag)),
        tasks=tasks,
        needs=needs,
    )


# What the scheduler makes of both: airflow/serialization/definitions/dag.py 3.3.2, `_time_restriction`. A workflow that
# has a date of its own has already narrowed those of its tasks to it.


def _begin(dag: Dag) -> datetime | None:
    return dag.start_date or min((task.start_date for task in dag.tasks if task.start_date), default=None)


def _end(dag: Dag) -> datetime | None:
    ends = [task.end_date for task in dag.tasks if task.end_date]
    return dag.end_date or (max(ends, default=None) if len(ends) == len(dag.tasks) else None)


def _timetable(dag: Dag) -> str | None:
    try:
        return json.dumps(encode_timetable(dag.timetable), sort_keys=True)
    except (NotImplementedError, TypeError, ValueError, AirflowException):
        # Not registered by a plugin: Airflow refuses the workflow, and says so itself.
        return None


def _schedule(dag: Dag) -> str | None:
    """Return what Airflow's pages show (`DagModel.timetable_summary`)."""
    timetable = dag.timetable
    # The summary of a cron timetable; Airflow's own object also words it in a sentence, which takes a while.
    summary = getattr(timetable, "expression", None) or getattr(coerce_to_core_timetable(timetable), "summary", None)
    return None if summary in {None, "None"} else str(summary)


def _params(dag: Dag) -> dict[str, str]:
    found = {}
    for name in sorted(dag.params):
        param = dag.params.get_param(name)
        said = {"default": param.value, "description": param.description, "schema": param.schema}
        found[name] = json.dumps(jsonable(said), sort_keys=True)
    return found
