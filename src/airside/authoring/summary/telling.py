"""What the summary task does: ask, make the summary, and put it where people and programs look."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from airside.authoring.summary.document import Summary
from airside.authoring.summary.earlier import KEY as FIGURES
from airside.authoring.summary.earlier import earlier_figures, left
from airside.authoring.summary.facts import Facts
from airside.authoring.summary.gathering import Gathering
from airside.authoring.summary.log_folder import LogFolder
from airside.authoring.summary.origin import find_origin
from airside.authoring.summary.reported import Number
from airside.authoring.summary.summarising import summarise
from airside.authoring.summary.task import KEY
from airside.authoring.summary.text import headline, lines, note
from airside.base.clock import now

log = logging.getLogger(__name__)


def tell(context: Mapping[str, Any]) -> None:
    """Tell what the run of `context` came to: in the log, as XComs, and in the log folder."""
    task = context["ti"]
    logs = LogFolder.configured(task.dag_id, task.run_id)
    facts = _facts(context, logs)
    summary = summarise(facts)
    for line in lines(summary):
        log.info("%s", line)
    document = summary.document() | {"headline": headline(summary), "note": note(summary)}
    task.xcom_push(key=KEY, value=document)
    if (figures := left(_sound(facts, summary), facts.earlier)) is not None:
        task.xcom_push(key=FIGURES, value=figures)
    try:
        log.info("As JSON: %s", logs.write(task.task_id, document))
    except OSError as error:
        log.warning("The summary is not in the log folder: %s", error)


def _facts(context: Mapping[str, Any], logs: LogFolder) -> Facts:
    task, run = context["ti"], context["dag_run"]
    gathering = Gathering(task.dag_id, task.run_id, task.task_id, run.logical_date)
    instances = gathering.instances(logs)
    return Facts(
        workflow=task.dag_id,
        run=task.run_id,
        started_at=run.start_date,
        now=now(),
        origin=find_origin(getattr(task, "bundle_instance", None)),
        order=tuple(each.task_id for each in context["dag"].topological_sort()),
        deciding=deciding_tasks(context["dag"].tasks),
        instances=instances,
        reports=gathering.reports(instances),
        earlier=earlier_figures(gathering, run.logical_date),
    )


def deciding_tasks(tasks: Iterable[Any]) -> frozenset[str]:
    """Return the tasks whose states decide that of a run: `DagRun._tis_for_dagrun_state` (airflow/models/dagrun.py)."""

    def counts(task: Any) -> bool:  # noqa: ANN401 - Airflow's
        return not task.is_teardown or bool(task.on_failure_fail_dagrun)

    return frozenset(task.task_id for task in tasks if counts(task) and not any(map(counts, task.downstream_list)))


def _sound(facts: Facts, summary: Summary) -> dict[str, dict[str, Number]]:
    """Return the figures of tasks that succeeded: what one that failed had done by then is no measure for later."""
    succeeded = {task.id for task in summary.tasks if task.state == "success"}
    return {task: report.figures for task, report in facts.reports.items() if task in succeeded}
