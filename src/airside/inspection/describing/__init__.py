"""What a workflow is, and what it needs, from Airflow's own object."""

import traceback
from collections.abc import Callable
from typing import TypeVar

from airside.inspection.contract.branches import read_branches
from airside.inspection.contract.callables import Callables
from airside.inspection.contract.ledger import Ledger
from airside.inspection.contract.making import record_making
from airside.inspection.contract.objects import Dag, Task
from airside.inspection.contract.operators import read_operator, read_schedule
from airside.inspection.contract.sites import Site
from airside.inspection.contract.sources import Sources
from airside.inspection.contract.tasks import values_of
from airside.inspection.contract.templates import Templates
from airside.inspection.describing.tasks import describe_task
from airside.inspection.describing.workflows import describe_dag
from airside.inspection.facts import WorkflowFacts
from airside.inspection.places import Tree
from airside.release.description import TaskDescription, WorkflowDescription

Result = TypeVar("Result")

__all__ = ["describe_workflow", "record_making"]


def describe_workflow(dag: Dag, tree: Tree) -> WorkflowFacts:
    """Return what Airflow would serve of this workflow, what it needs, and what in it cannot work.

    Whatever a workspace has in its objects, and we did not think of, ends neither the check nor in silence: the
    workflow is described without what it hid, and `WorkflowFacts.faults` says so.
    """
    return _Describing(dag, tree).facts()


class _Describing:
    def __init__(self, dag: Dag, tree: Tree) -> None:
        self._dag = dag
        self._tree = tree
        self._sources = Sources(tree)
        self._ledger = Ledger()
        self._file = tree.path(dag.fileloc) or dag.fileloc
        self._templates = Templates(dag, self._ledger, self._sources)
        self._callables = Callables(dag, self._ledger, self._sources, self._templates)
        self._faults: list[str] = []

    def facts(self) -> WorkflowFacts:
        site = Site(self._dag, self._sources, self._file)
        self._try(lambda: read_schedule(self._dag, site, self._ledger))
        self._try(lambda: self._callables.read_workflow(site))
        tasks = [self._task(self._dag.task_dict[task_id]) for task_id in sorted(self._dag.task_dict)]
        needs, line = self._ledger.needs(), site.line_in(self._file)
        description = self._try(lambda: describe_dag(self._dag, self._file, line, tuple(tasks), needs))
        if description is None:
            description = WorkflowDescription(id=self._dag.dag_id, file=self._file, tasks=tuple(tasks), needs=needs)
        return WorkflowFacts(
            description=description, problems=self._ledger.problems(), faults=tuple(dict.fromkeys(self._faults))
        )

    def _task(self, task: Task) -> TaskDescription:
        site = Site(task, self._sources, self._file)
        self._ledger.task = task.task_id
        values = self._try(lambda: values_of(task)) or {}
        self._try(lambda: read_operator(task, values, site, self._ledger))
        self._try(lambda: read_branches(self._dag, task, values, site, self._ledger))
        self._try(lambda: self._templates.read(task, values, site))
        readings = self._try(lambda: self._callables.read(task, values, site)) or []
        description = self._try(lambda: describe_task(task, site.line_in(self._file), readings))
        self._ledger.task = None
        return description or TaskDescription(id=task.task_id, operator=type(task).__name__)

    def _try(self, step: Callable[[], Result]) -> Result | None:
        try:
            return step()
        except Exception as error:  # noqa: BLE001 - see `describe_workflow`
            last = traceback.extract_tb(error.__traceback__)[-1]
            where = f"task '{self._ledger.task}' of " if self._ledger.task else ""
            fault = f"{type(error).__name__}: {error} ({last.filename.rpartition('/')[2]}:{last.lineno})"
            self._faults.append(f"{where}workflow '{self._dag.dag_id}' could not be read whole: {fault}")
            return None
