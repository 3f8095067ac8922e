"""How long, how often and how much."""

from collections.abc import Iterator

from airside.checking.policy.rule import Fault, duration, runs_code
from airside.release.description import WorkflowDescription
from airside.workspace.policy_rules import ActiveRunsRule, BoundsRule, RuleSettings, SizeRule, TimeRule


def retries(workflow: WorkflowDescription, rule: BoundsRule) -> Iterator[Fault]:
    """Demand a number of retries within bounds."""
    for task in filter(runs_code, workflow.tasks):
        if task.retries < rule.min:
            fix = f"Set `retries` to {rule.min} or more"
            yield Fault(f"Task {task.id!r} is retried {_times(task.retries)}", fix, task)
        elif rule.max is not None and task.retries > rule.max:
            fix = f"Set `retries` to {rule.max} or less"
            yield Fault(f"Task {task.id!r} is retried {_times(task.retries)}", fix, task)


def execution_timeout(workflow: WorkflowDescription, rule: TimeRule) -> Iterator[Fault]:
    """Demand that no task can run for ever."""
    for task in filter(runs_code, workflow.tasks):
        message = _too_long(task.execution_timeout, rule)
        if message:
            yield Fault(f"Task {task.id!r} {message}", _shorter("execution_timeout", rule), task)


def run_timeout(workflow: WorkflowDescription, rule: TimeRule) -> Iterator[Fault]:
    """Demand that no run can last for ever."""
    message = _too_long(workflow.run_timeout, rule)
    if message:
        yield Fault(f"Workflow {workflow.id!r} {message}", _shorter("dagrun_timeout", rule))


def catchup(workflow: WorkflowDescription, _rule: RuleSettings) -> Iterator[Fault]:
    """Demand that a new workflow does not start with all its past."""
    if workflow.catchup and workflow.schedule is not None:
        yield Fault(f"Workflow {workflow.id!r} catches up on missed runs", "Set catchup=False")


def active_runs(workflow: WorkflowDescription, rule: ActiveRunsRule) -> Iterator[Fault]:
    """Demand few runs at one time."""
    if workflow.max_active_runs > rule.max:
        yield Fault(
            f"Workflow {workflow.id!r} may have {workflow.max_active_runs} runs at one time",
            f"Set max_active_runs={rule.max}{' or less' if rule.max > 1 else ''}",
        )


def size(workflow: WorkflowDescription, rule: SizeRule) -> Iterator[Fault]:
    """Demand a workflow that a person can overlook."""
    if len(workflow.tasks) > rule.max:
        yield Fault(
            f"Workflow {workflow.id!r} has {len(workflow.tasks)} tasks, more than {rule.max}",
            "Divide it, or map a task over its inputs",
        )


def schedule(workflow: WorkflowDescription, _rule: RuleSettings) -> Iterator[Fault]:
    """Demand a schedule."""
    if workflow.schedule is None:
        yield Fault(f"Workflow {workflow.id!r} has no schedule", "Set `schedule`: a cron, a preset or assets")


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times" if number else "not at all"


def _too_long(time: str | None, rule: TimeRule) -> str | None:
    if time is None:
        return "has no time-out"
    return f"has a time-out of {time}" if rule.max is not None and duration(time) > rule.max else None


def _shorter(argument: str, rule: TimeRule) -> str:
    return f"Set `{argument}`" if rule.max is None else f"Set `{argument}` to {rule.max} or less"
