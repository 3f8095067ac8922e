"""What a workflow is made of: its operators, its first tasks and its last."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from airside.checking.policy.rule import Fault, listed
from airside.release.description import TaskDescription, WorkflowDescription
from airside.workspace.policy_rules import OperatorsRule, ShapeRule


def operators(workflow: WorkflowDescription, rule: OperatorsRule) -> Iterator[Fault]:
    """Demand operators that are allowed."""
    for task in workflow.tasks:
        denied = _is_one(task, rule.deny)
        if denied or (rule.allow and not _is_one(task, rule.allow)):
            yield Fault(
                f"Task {task.id!r} uses {task.operator}, which is {'denied' if denied else 'not allowed'}",
                f"Use {', '.join(rule.allow)}" if rule.allow else "Use another operator",
                task,
            )


def shape(workflow: WorkflowDescription, rule: ShapeRule) -> Iterator[Fault]:
    """Demand that checks come first, and a summary of all that happened last."""
    # The summary that `airside.workflow` makes is a teardown, so that it never changes the state of the run.
    work = [
        task
        for task in workflow.tasks
        if task.kind == "task" or (task.kind == "teardown" and _is_named(task, rule.last))
    ]
    ids = {task.id for task in work}
    followed = {upstream for task in work for upstream in task.upstream}
    first = [task for task in work if not ids.intersection(task.upstream)]
    last = [task for task in work if task.id not in followed]
    unchecked = [task.id for task in first if not _is_named(task, rule.first)]
    if unchecked:
        yield Fault(f"Workflow {workflow.id!r} begins with {listed(unchecked)}", f"Put a task {rule.first!r} before")
    unsummed = [task.id for task in last if not _is_named(task, rule.last)]
    if unsummed:
        yield Fault(f"Workflow {workflow.id!r} ends with {listed(unsummed)}", f"Put a task {rule.last!r} after")
    for task in last:
        runs_always = task.kind == "teardown" or task.trigger_rule == rule.last_trigger_rule
        if _is_named(task, rule.last) and not runs_always:
            yield Fault(
                f"Task {task.id!r}, the last one, has the trigger rule {task.trigger_rule!r}",
                f"Set trigger_rule={rule.last_trigger_rule!r}: what comes before may fail",
                task,
            )


def _is_one(task: TaskDescription, names: Iterable[str]) -> bool:
    own = (task.operator, task.module, f"{task.module}.{task.operator}")
    return any(fnmatchcase(name, pattern) for pattern in names for name in own)


def _is_named(task: TaskDescription, pattern: str) -> bool:
    return fnmatchcase(task.id, pattern) or fnmatchcase(task.id.rpartition(".")[2], pattern)
