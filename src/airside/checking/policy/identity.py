"""Who a workflow belongs to, what it is called, and whether it is explained."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from airside.checking.policy.rule import Fault, listed
from airside.release.description import WorkflowDescription
from airside.workspace.policy_rules import OwnerRule, PatternRule, RuleSettings, TagsRule

_NO_OWNER = frozenset({"", "airflow"})
"""Airflow's default (`default_owner` in airflow/config_templates/config.yml 3.3.2)."""


def owner(workflow: WorkflowDescription, rule: OwnerRule) -> Iterator[Fault]:
    """Demand an owner, one of those allowed."""
    owners = [name.strip() for entry in workflow.owners for name in entry.split(",")]
    if _NO_OWNER.intersection(owners):
        what = "has tasks without an owner" if set(owners) - _NO_OWNER else "names no owner"
        yield Fault(f"Workflow {workflow.id!r} {what}", 'Name one: default_args={"owner": "…"}')
    wrong = [name for name in owners if name not in _NO_OWNER and rule.allowed and name not in rule.allowed]
    if wrong:
        yield Fault(f"Workflow {workflow.id!r} has the owner {listed(wrong)}", f"Use {_one_of(rule.allowed)}")


def tags(workflow: WorkflowDescription, rule: TagsRule) -> Iterator[Fault]:
    """Demand tags: those required, one for each pattern, none but those allowed; and one at least."""
    missing = [tag for tag in rule.required if tag not in workflow.tags]
    if missing:
        yield Fault(f"Workflow {workflow.id!r} lacks the tag {listed(missing)}", "Add it to `tags`")
    for pattern in rule.patterns:
        if not any(re.search(pattern, tag) for tag in workflow.tags):
            yield Fault(f"Workflow {workflow.id!r} has no tag that matches {pattern!r}", "Add one to `tags`")
    wrong = [tag for tag in workflow.tags if not any(fnmatchcase(tag, name) for name in rule.allowed)]
    if rule.allowed and wrong:
        yield Fault(f"Workflow {workflow.id!r} has the tag {listed(wrong)}", f"Use {_one_of(rule.allowed)}")
    if not workflow.tags and not rule.required and not rule.patterns:
        yield Fault(f"Workflow {workflow.id!r} has no tags", 'Add some: tags=["…"]')


def workflow_id(workflow: WorkflowDescription, rule: PatternRule) -> Iterator[Fault]:
    """Demand a pattern."""
    if not re.search(rule.pattern, workflow.id):
        yield Fault(
            f"The id of workflow {workflow.id!r} does not match {rule.pattern!r}",
            "Rename it; one that has run loses its history with its old name",
        )


def task_id(workflow: WorkflowDescription, rule: PatternRule) -> Iterator[Fault]:
    """Demand a pattern of the id without its groups."""
    for task in workflow.tasks:
        if not re.search(rule.pattern, task.id.rpartition(".")[2]):
            yield Fault(f"The id of task {task.id!r} does not match {rule.pattern!r}", "Rename it", task)


def documentation(workflow: WorkflowDescription, _rule: RuleSettings) -> Iterator[Fault]:
    """Demand `doc_md` or `description`."""
    if not workflow.documented:
        yield Fault(f"Workflow {workflow.id!r} is not documented", "Give it a `doc_md` or a `description`")


def _one_of(names: tuple[str, ...]) -> str:
    return listed(names) if len(names) == 1 else f"one of {listed(names)}"
