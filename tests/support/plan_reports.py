"""Plans for tests: releases that differ in one thing or in many."""

from collections.abc import Iterable
from typing import Any

from airside.base.digest import Digest
from airside.planning.report import Evidence, PlanReport, Side, make_report
from airside.release.description import Description, WorkflowDescription, describe
from airside.release.plan import diff
from airside.release.record import Builder, Record, Requirements, Source, Workflow
from airside.release.source import SourceFile
from airside.release.tree import Tree

SOURCE = Source(
    commit="0123456789abcdef0123456789abcdef01234567", author="Ana <ana@example.com>", message="Orders every hour"
)


def side(workflows: Iterable[WorkflowDescription], *, at: int = 0, described: bool = True, **values: Any) -> Side:
    """Return a release with these workflows, made in the minute `at`; `values` are attributes of its record."""
    found = tuple(workflows)
    attributes: dict[str, Any] = {
        "workspace": "sales-flows",
        "tree": tree(found).digest,
        "created_at": f"2026-11-21T04:{at:02}:00Z",
        "source": SOURCE,
        "builder": Builder(version="1"),
        "workflows": tuple(Workflow(workflow.id, workflow.file) for workflow in found),
        "checks": (),
        "requirements": Requirements(airflow="3.3.2", lock=Digest.of(b"lock")),
    }
    record = Record(**(attributes | values))
    return Side(record, describe(list(found)) if described else None)


def tree(workflows: Iterable[WorkflowDescription]) -> Tree:
    """Return a tree whose files change when what they define does."""
    by_file: dict[str, list[WorkflowDescription]] = {}
    for workflow in workflows:
        by_file.setdefault(workflow.file, []).append(workflow)
    content = {path: Description(workflows=tuple(found)).to_bytes() for path, found in by_file.items()}
    return Tree.of_sources(SourceFile(path, data, executable=False) for path, data in content.items())


def report(
    before: Iterable[WorkflowDescription] | None, after: Iterable[WorkflowDescription], **evidence: Any
) -> PlanReport:
    """Return the plan of a deploy to production from one set of workflows to another."""
    old, new = None if before is None else tuple(before), tuple(after)
    left = None if old is None else side(old)
    return plan_of(left, side(new, at=1), old, new, Evidence(**evidence))


def plan_of(
    left: Side | None,
    right: Side,
    old: tuple[WorkflowDescription, ...] | None,
    new: tuple[WorkflowDescription, ...],
    evidence: Evidence,
) -> PlanReport:
    """Return the plan from the release `left` with the workflows `old` to the release `right` with `new`."""
    files = diff(
        None if old is None else tree(old), tree(new), left.record.workflows if left else (), right.record.workflows
    )
    return make_report(("production", "deploy"), left, right, files, evidence)
