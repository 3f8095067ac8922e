"""Asking Airflow what its task API tells the last task of a run (airflow/sdk/execution_time/task_runner.py 3.3.2)."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from airflow.sdk.execution_time import task_runner
from airflow.sdk.execution_time.comms import GetPreviousDagRun, GetPreviousTI
from airflow.sdk.execution_time.xcom import XCom

from airside.authoring.report import KEY as REPORT
from airside.authoring.summary.earlier import KEY as FIGURES
from airside.authoring.summary.facts import Instance
from airside.authoring.summary.log_folder import LogFolder
from airside.authoring.summary.reported import Report, parsed, total

_MOST_LOOKS: Final = 100
"""Instances whose tries are asked for, a request each: those that failed first."""

_RAN: Final = frozenset({"success", "failed", "skipped"})
"""States that a task can have reported in. One that skips itself has run."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Gathering:
    """What one run is asked for.

    Attributes:
        workflow: The DAG id.
        run: The run id.
        task: The id of the summary task, which is left out.
        logical_date: Of the run; None where assets or the API started it without one.
    """

    workflow: str
    run: str
    task: str
    logical_date: datetime | None

    def instances(self, logs: LogFolder) -> tuple[Instance, ...]:
        """Return the instances of the run that are finished, with tries and errors as far as they can be known."""
        found = task_runner.RuntimeTaskInstance.get_task_breadcrumbs(self.workflow, self.run)
        instances = [_instance(row) for row in found if row["task_id"] != self.task]
        instances.sort(key=lambda each: (each.state != "failed", each.duration is None))
        looked_at = [self._looked_at(each, logs) for each in instances[:_MOST_LOOKS]]
        return (*looked_at, *instances[_MOST_LOOKS:])

    def reports(self, instances: Iterable[Instance]) -> dict[str, Report]:
        """Return what each task reported: one request a task, however many instances it has."""
        tasks = sorted({each.task for each in instances if each.state in _RAN})
        reports = {task: total(self._reported(task)) for task in tasks}
        return {task: report for task, report in reports.items() if report != Report()}

    def before(self, moment: datetime) -> tuple[str, datetime] | None:
        """Return the id and the logical date of the last run before `moment`; None where there is none."""
        run = _ask(GetPreviousDagRun(dag_id=self.workflow, logical_date=moment)).dag_run
        return (run.run_id, run.logical_date) if run else None

    def left_by(self, run: str) -> object:
        """Return what the summary of `run` left for later ones; None for nothing."""
        return XCom.get_one(key=FIGURES, dag_id=self.workflow, task_id=self.task, run_id=run, map_index=-1)

    def left_before(self) -> object:
        """Return what the last summary up to this run left; None for nothing."""
        return XCom.get_one(
            key=FIGURES,
            dag_id=self.workflow,
            task_id=self.task,
            run_id=self.run,
            map_index=-1,
            include_prior_dates=True,
        )

    def _reported(self, task: str) -> list[Report]:
        documents = XCom.get_all(key=REPORT, dag_id=self.workflow, task_id=task, run_id=self.run) or ()
        reports = [parsed(document) for document in documents]
        if None in reports:
            log.warning("What %s left as %s is no report, and is left out", task, REPORT)
        return [report for report in reports if report is not None]

    def _looked_at(self, instance: Instance, logs: LogFolder) -> Instance:
        if instance.duration is None:
            return instance
        tries = self._tries(instance) or logs.tries(instance.task, instance.map_index)
        error = logs.error(instance.task, instance.map_index, tries) if tries and instance.state == "failed" else None
        return replace(instance, tries=tries, error=error)

    def _tries(self, instance: Instance) -> int | None:
        """Return how many tries an instance took; None where the run has no logical date.

        Airflow's task API tells it of a "previous" instance only: this run's is the one before the next moment, since
        no two runs of a workflow have one logical date.
        """
        if self.logical_date is None:
            return None
        after = self.logical_date + timedelta(microseconds=1)
        question = GetPreviousTI(
            dag_id=self.workflow, task_id=instance.task, logical_date=after, map_index=instance.map_index
        )
        found = _ask(question).task_instance
        return int(found.try_number) if found and found.run_id == self.run else None


def _ask(question: object) -> Any:  # noqa: ANN401 - each question has an answer of its own
    return task_runner.SUPERVISOR_COMMS.send(question)


def _instance(row: dict[str, Any]) -> Instance:
    # Airflow writes 0 for what never ran: it ended when it began.
    duration = row["duration"] or None
    return Instance(task=row["task_id"], map_index=row["map_index"], state=str(row["state"]), duration=duration)
