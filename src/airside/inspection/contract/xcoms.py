"""XComs that are pulled from tasks: whether the tasks are there, and run before."""

import difflib

from airside.inspection.contract.asks import Pull
from airside.inspection.contract.ledger import Ledger
from airside.inspection.contract.objects import Dag, Task


def check_pull(dag: Dag, task: Task | None, pull: Pull, ledger: Ledger) -> None:
    """Note the tasks that are pulled from and are not in the workflow, or do not run before `task`."""
    for task_id in pull.tasks:
        if "{" in task_id or not task_id:
            continue
        if task_id not in dag.task_dict:
            ledger.problem(
                "xcom-task",
                f"The XCom is pulled from the task '{task_id}', which the workflow does not have",
                pull.place,
                certainty=pull.certainty,
                fix=similar(dag, task_id),
            )
        elif pull.ordered and task is not None and not _before(task, task_id):
            ledger.problem(
                "xcom-order",
                f"The XCom is pulled from the task '{task_id}', which is not upstream of '{task.task_id}'",
                pull.place,
                certainty=pull.certainty,
                fix=f"Let '{task.task_id}' follow it: {task_id.rpartition('.')[2]} >> … .",
            )


def similar(dag: Dag, name: str) -> str | None:
    """Return what was probably meant: the same task in its group, or one with almost this id."""
    known = [*dag.task_dict, *(group for group in dag.task_group_dict if group)]
    inside = [task_id for task_id in known if task_id.endswith(f".{name}")]
    near = inside or difflib.get_close_matches(name, known, n=1)
    return f"Did you mean '{near[0]}'?" if near else None


def _before(task: Task, task_id: str) -> bool:
    return task_id == task.task_id or task_id in task.get_flat_relative_ids(upstream=True)
