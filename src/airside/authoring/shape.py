"""The shape of a workflow: its checks, then its work, then its summary."""

from collections.abc import Iterable, Mapping, Sequence
from types import FunctionType
from typing import Any, Final

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, BaseOperator, TaskGroup, TriggerRule, XComArg

from airside.base.errors import UsageError

GROUP: Final = "checks"
"""The group that the checks are in."""

GATE: Final = "passed"

_STOPPING: Final = frozenset(
    {
        TriggerRule.ALL_SUCCESS,
        TriggerRule.NONE_FAILED,
        TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS,
        TriggerRule.ONE_SUCCESS,
    }
)
"""Trigger rules of tasks that do not run when nothing before them has."""


def run_first(dag: DAG, checks: Sequence[object]) -> None:
    """Let `checks` run at once and beside each other, and all other tasks of `dag` after them.

    Called inside of ``with dag``, when all other tasks are there. A check that fails fails the run: what follows it is
    `upstream_failed`. Where a task of the work runs whatever happened before it, such as one with `all_done`, its
    success would make that of the run; there a further task after the checks keeps the state truthful.

    Raises:
        UsageError: One of `checks` is no operator, or is in a workflow already.
    """
    work = list(dag.tasks)
    roots = list(dag.roots)
    with TaskGroup(GROUP, tooltip="What has to be so before the work begins"):
        made = [_adopt(dag, check) for check in checks]
        if any(_outlives(task) for task in work):
            gate = EmptyOperator(task_id=GATE)
            gate.set_upstream(made)
    for root in roots:
        if not root.is_teardown:
            # It had nothing before it, so its rule meant nothing; now `one_success` would not wait for all checks.
            root.trigger_rule = TriggerRule.ALL_SUCCESS
        root.set_upstream(made)


def _outlives(task: Any) -> bool:  # noqa: ANN401 - Airflow's are skipped
    return not task.is_teardown and TriggerRule(task.trigger_rule) not in _STOPPING


def _adopt(dag: DAG, check: object) -> BaseOperator:
    """Put an operator that was made outside of any workflow into this one."""
    operator = check.operator if isinstance(check, XComArg) else check
    if not isinstance(operator, BaseOperator):
        # A function is named by its name: its address in memory says nothing, and differs from parse to parse.
        what = f"{check.__name__} (a function)" if isinstance(check, FunctionType) else repr(check)
        raise UsageError(
            f"{what} among the checks of {dag.dag_id!r} is no operator; write for instance "
            'checks=[checks.connection("warehouse")]'
        )
    if operator.has_dag():
        raise UsageError(
            f"The check {operator.task_id!r} of {dag.dag_id!r} is in the workflow {operator.dag.dag_id!r} already; "
            "make it in the list itself: checks=[checks.connection(...)]"
        )
    group = dag.task_group.get_child_by_label(GROUP)
    operator.task_id = _free(group.child_id(operator.task_id), dag.task_dict)
    group.add(operator)
    dag.add_task(operator)
    _fill(operator, dag)
    return operator


def _free(task_id: str, taken: Iterable[str]) -> str:
    """Return the id, with a number where it is taken, as Airflow does for tasks that are functions."""
    number = 0
    found = task_id
    while found in taken:
        number += 1
        found = f"{task_id}__{number}"
    return found


def _fill(operator: BaseOperator, dag: DAG) -> None:
    """Give an operator `default_args` where it says nothing itself, as if it had been made inside of the workflow.

    But not the retries: how often the work is tried again says nothing of whether it can begin.
    """
    plain, filled = _bare({}), _bare(dag.default_args)
    for name in dag.default_args:
        if name != "retries" and hasattr(plain, name) and getattr(operator, name) == getattr(plain, name):
            setattr(operator, name, getattr(filled, name))


def _bare(default_args: Mapping[str, Any]) -> BaseOperator:
    """Return an operator that says nothing itself, in a DAG of its own."""
    alone = DAG("bare", schedule=None, default_args=dict(default_args))
    return BaseOperator(task_id="bare", dag=alone, task_group=alone.task_group)
