"""Applying `[policy]` to the workflows of a workspace."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from pathspec import GitIgnoreSpec

from airside.checking.findings import Finding, Severity
from airside.checking.policy import building, identity, limits
from airside.checking.policy.rule import Demand, Fault
from airside.checking.policy.severities import Severities
from airside.checking.policy.tested import test_exists
from airside.checking.rules import RULES
from airside.release.description import WorkflowDescription
from airside.workspace.policy_rules import RuleSettings
from airside.workspace.policy_settings import PolicySettings

_DEMANDS: Final[Mapping[str, Demand]] = {
    "owner": identity.owner,
    "tags": identity.tags,
    "retries": limits.retries,
    "execution-timeout": limits.execution_timeout,
    "run-timeout": limits.run_timeout,
    "workflow-id": identity.workflow_id,
    "task-id": identity.task_id,
    "catchup": limits.catchup,
    "active-runs": limits.active_runs,
    "operators": building.operators,
    "shape": building.shape,
    "documentation": identity.documentation,
    "size": limits.size,
    "schedule": limits.schedule,
}


def policy_findings(
    workflows: Iterable[WorkflowDescription],
    settings: PolicySettings,
    severities: Severities,
    *,
    tests: Callable[[], str],
) -> Iterator[Finding]:
    """Yield where workflows are not as `[policy]` has them.

    Args:
        workflows: To look at.
        settings: `[policy]`.
        severities: Made of the same settings.
        tests: Reads the text of the tests; called once at most, and only where a rule asks for it.
    """
    demands = {**_DEMANDS, "test-exists": test_exists(tests)}
    teams = [(GitIgnoreSpec.from_lines(team.paths), team.rules) for team in settings.teams]
    plain = {rule: settings.rule(rule) for rule in demands}
    for workflow in workflows:
        theirs = [rules for paths, rules in teams if paths.match_file(workflow.file)]
        for rule, demand in demands.items():
            severity = severities.of(rule, workflow.file)
            if severity:
                options = _options(plain[rule], [rules[rule] for rules in theirs if rule in rules])
                yield from (_finding(rule, severity, fault, workflow) for fault in demand(workflow, options))


def _options(plain: RuleSettings, theirs: Iterable[RuleSettings]) -> RuleSettings:
    said = {name: getattr(rule, name) for rule in theirs for name in rule.model_fields_set}
    return plain.model_copy(update=said)


def _finding(rule: str, severity: Severity, fault: Fault, workflow: WorkflowDescription) -> Finding:
    return RULES[rule].finding(
        workflow.file,
        fault.message,
        severity=severity,
        # A task that is made in another file has no line in this one.
        line=(fault.task and fault.task.line) or workflow.line,
        fix=fault.fix,
        workflow=workflow.id,
        task=fault.task.id if fault.task else None,
    )
