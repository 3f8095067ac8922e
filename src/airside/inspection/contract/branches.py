"""Branches to tasks that cannot be taken."""

import ast
from typing import Final

from airside.inspection.contract.asks import Reading, Result
from airside.inspection.contract.ledger import Ledger, Place
from airside.inspection.contract.objects import Anything, Dag, Task
from airside.inspection.contract.scope import choice
from airside.inspection.contract.sites import Site
from airside.inspection.contract.tasks import base_names
from airside.inspection.contract.values import Choice, Value, items
from airside.inspection.contract.xcoms import similar

_BRANCHING: Final = "BranchMixIn"
"""Of the standard operators; airflow/providers/standard/operators/branch.py."""

_ARGUMENTS: Final = ("follow_task_ids_if_true", "follow_task_ids_if_false")
"""Of BranchSQLOperator, BranchDateTimeOperator and BranchDayOfWeekOperator."""


def read_branches(dag: Dag, task: Task, values: dict[str, Anything], site: Site, ledger: Ledger) -> None:
    """Note wrong tasks in arguments such as `follow_task_ids_if_true`."""
    for name in _ARGUMENTS:
        if name in values:
            value = values[name]
            for task_id in [value] if isinstance(value, str) else value if isinstance(value, list | tuple) else ():
                if isinstance(task_id, str):
                    _check(dag, task, task_id, site.argument(name, task_id), ledger)


def read_choices(dag: Dag, task: Task, reading: Reading, ledger: Ledger) -> None:
    """Note wrong tasks among those that the function of a branch returns."""
    if _BRANCHING not in base_names(task):
        return
    for result in reading.results:
        value = _returned(result)
        # A name may have got another value before it is returned.
        sure = not isinstance(value, Choice) or not isinstance(result.node, ast.Name)
        for task_id in items(value) or ():
            _check(dag, task, task_id, result.scope.source.place(result.node), ledger, sure=sure)


def _returned(result: Result) -> Value:
    """Return what a result is; of a name only what it may still stand for in the end."""
    node, body = result.node, result.scope.node.body
    value = result.scope.evaluate(node)
    if not (isinstance(value, Choice) and isinstance(node, ast.Name) and isinstance(body, list)):
        return value
    before = [statement for statement in body if statement.lineno <= node.lineno]
    past = (index for index, statement in enumerate(before) if (statement.end_lineno or 0) < node.lineno)
    last = max((index for index in past if _sets(before[index], node.id)), default=0)
    given = [_given(found, node.id) for statement in before[last:] for found in ast.walk(statement)]
    return choice([result.scope.evaluate(found) for found in given if found is not None]) or value


def _sets(statement: ast.stmt, name: str) -> bool:
    """Say whether this statement gives the name a value, or ends the function, whatever happens."""
    if isinstance(statement, ast.If):
        return all(any(_sets(inner, name) for inner in arm) for arm in (statement.body, statement.orelse))
    return isinstance(statement, ast.Return | ast.Raise) or _given(statement, name) is not None


def _given(node: ast.AST, name: str) -> ast.expr | None:
    match node:
        case ast.Assign(targets=[ast.Name(id=given)], value=value) if given == name:
            return value
    return None


def _check(  # noqa: PLR0913 - which branch of which task, and where it is told
    dag: Dag, task: Task, task_id: str, place: Place, ledger: Ledger, *, sure: bool = True
) -> None:
    group = dag.task_group_dict.get(task_id) if task_id else None
    if group is None and task_id not in dag.task_dict:
        message = f"The branch leads to '{task_id}', which is no task or task group of the workflow"
        ledger.problem(
            "branch-task", message, place, certainty="exact" if sure else "likely", fix=similar(dag, task_id)
        )
        return
    targets = {root.task_id for root in group.roots} if group is not None else {task_id}
    # Without tasks below, nothing is skipped (`skip_all_except` in airflow/sdk/bases/skipmixin.py 3.3.2).
    if task.downstream_task_ids and targets.isdisjoint(task.downstream_task_ids):
        below = not targets.isdisjoint(task.get_flat_relative_ids(upstream=False))
        ledger.problem(
            "branch-task",
            f"The branch leads to '{task_id}', which is not directly downstream: all that is will be skipped",
            place,
            certainty="likely" if below or not sure else "exact",
            fix=f"Add {task.task_id.rpartition('.')[2]} >> {task_id.rpartition('.')[2]}.",
        )
