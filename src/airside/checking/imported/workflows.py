"""Which workflows the files define: each once, nobody else's, none empty."""

from collections.abc import Iterator, Mapping, Sequence

from airside.checking.findings import Finding
from airside.checking.rules import RULES
from airside.inspection.facts import FileFacts
from airside.release.description import WorkflowDescription


def workflow_findings(facts: Sequence[FileFacts], *, complete: bool, taken: Mapping[str, str]) -> Iterator[Finding]:
    """Return the findings about the ids and the number of workflows.

    Args:
        facts: Of the files that were imported.
        complete: These are all files that Airflow would import.
        taken: Workflow ids that other environments of the same Airflow use, each with the environment.
    """
    ordered = sorted(facts, key=lambda found: found.file)
    yield from _duplicates(ordered)
    for found in ordered:
        for workflow in _workflows(found):
            yield from _foreign(workflow, taken)
            yield from _empty(workflow)
    if complete:
        yield from _without(ordered)


def _duplicates(facts: Sequence[FileFacts]) -> Iterator[Finding]:
    first: dict[str, WorkflowDescription] = {}
    for found in facts:
        for workflow in sorted(_workflows(found), key=lambda workflow: workflow.line or 0):
            other = first.setdefault(workflow.id, workflow)
            if other is not workflow:
                yield _duplicate(workflow, other)


def _duplicate(workflow: WorkflowDescription, other: WorkflowDescription) -> Finding:
    if workflow.file == other.file:
        where, then = "earlier in this file" if workflow.line == other.line else f"in line {other.line}", "keeps one"
    else:
        where, then = f"in {_place(other)}", "serves now one, now the other"
    return RULES["duplicate-workflow"].finding(
        workflow.file,
        f"Workflow {workflow.id!r} is defined {where} too; Airflow {then}",
        line=workflow.line,
        workflow=workflow.id,
        fix="Give one of them another id. A file that imports the DAG of another one defines it again.",
    )


def _foreign(workflow: WorkflowDescription, taken: Mapping[str, str]) -> Iterator[Finding]:
    if workflow.id in taken:
        yield RULES["foreign-workflow"].finding(
            workflow.file,
            f"Workflow {workflow.id!r} is used by environment {taken[workflow.id]!r}, which the same Airflow serves",
            line=workflow.line,
            workflow=workflow.id,
            fix="Give it another id, or let another Airflow track one of the environments.",
        )


def _empty(workflow: WorkflowDescription) -> Iterator[Finding]:
    if not workflow.tasks:
        yield RULES["empty-workflow"].finding(
            workflow.file,
            f"Workflow {workflow.id!r} has no tasks",
            line=workflow.line,
            workflow=workflow.id,
            fix="Call its tasks in the function with @dag or @workflow, or make them inside `with DAG(...)`.",
        )


def _without(facts: Sequence[FileFacts]) -> Iterator[Finding]:
    imported = {module for found in facts for module in found.modules}
    for found in facts:
        is_module = found.file in imported or found.file.endswith("/__init__.py")
        if not (found.workflows or found.failures or found.skipped or is_module):
            yield RULES["no-workflow"].finding(
                found.file,
                "Airflow imports this file every few seconds, and it defines no workflow",
                fix="Call the function with @dag or @workflow at the end; put what is no DAG file into another folder.",
            )


def _workflows(facts: FileFacts) -> Iterator[WorkflowDescription]:
    return (found.description for found in facts.workflows)


def _place(workflow: WorkflowDescription) -> str:
    return f"{workflow.file}:{workflow.line}" if workflow.line else workflow.file
