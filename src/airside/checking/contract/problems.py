"""What is wrong with a workflow by itself, as findings."""

from collections.abc import Iterator, Sequence
from typing import Final

from airside.checking.contract.needs import line_of
from airside.checking.findings import Finding
from airside.checking.rules import RULES
from airside.inspection.facts import FileFacts, Problem
from airside.release.description import WorkflowDescription

_FIXES: Final = {
    "missing-package": "Add its package to requirements.txt; `airside up` installs and locks it.",
    "missing-template": "Correct the path, or add the folder of the file to workspace.include.",
}


def problem_findings(facts: Sequence[FileFacts]) -> Iterator[Finding]:
    """Return the problems of the workflows; one that several of them have at one place is one finding."""
    seen: set[tuple[str, str, str, int | None]] = set()
    for file in facts:
        for workflow in file.workflows:
            for problem in workflow.problems:
                finding = _finding(workflow.description, problem)
                place = (finding.rule, finding.message, finding.file, finding.line)
                if problem.certainty != "dynamic" and place not in seen:
                    seen.add(place)
                    yield finding


def _finding(workflow: WorkflowDescription, problem: Problem) -> Finding:
    return RULES[problem.rule].finding(
        problem.file or workflow.file,
        problem.message,
        severity=None if problem.certainty == "exact" else "warning",
        line=problem.line if problem.file else line_of(problem.task, workflow),
        column=problem.column if problem.file else None,
        fix=problem.fix or _FIXES.get(problem.rule),
        workflow=workflow.id,
        task=problem.task,
    )
