"""A plan as a JSON document (docs/reference/plan.md)."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from airside.planning.changes import Changes, FieldChange, NeedChange, ParamChange, TaskChange, WorkflowChange
from airside.planning.masking import masked_value
from airside.planning.report import PlanReport, Side
from airside.planning.verdict import verdict
from airside.release.description import Need, TaskDescription, WorkflowDescription

Json = dict[str, Any]


def document(report: PlanReport) -> Json:
    """Return the plan; its keys are stable, and no value of it depends on when it is made."""
    conclusion, evidence = verdict(report), report.evidence
    return {
        "environment": report.environment,
        "action": report.action,
        "empty": report.is_empty,
        "verdict": {"level": conclusion.level, "text": conclusion.text},
        "before": _side(report.before),
        "after": _side(report.after),
        "workflows": _ids(report),
        "files": {
            "added": [file.path for file in report.files.added],
            "changed": [file.path for file in report.files.changed],
            "removed": [file.path for file in report.files.removed],
        },
        "changes": None if report.changes is None else _changes(report.changes),
        "runtime": [_field(change) for change in report.runtime],
        "platform": _platform(report),
        "configs": [asdict(change) for change in report.configs],
        "source": [*report.source],
        "consequences": asdict(evidence.consequences) if evidence.consequences else None,
        "lacks": None if evidence.lacks is None else [asdict(lack) for lack in evidence.lacks],
        "findings": asdict(evidence.findings) if evidence.findings else None,
        "refusals": [*evidence.refusals],
        "approvals": evidence.approvals,
        "removals": {**asdict(report.drop), "need_allowance": report.needs_allowance},
    }


def _platform(report: PlanReport) -> Json | None:
    if (platform := report.evidence.platform) is None:
        return None
    known = platform.lock is not None and report.after.record.requirements.lock is not None
    fits = platform.lock == report.after.record.requirements.lock if known else None
    return {**asdict(platform), "fits": fits}


def _side(side: Side | None) -> Json | None:
    if side is None:
        return None
    record, source = side.record, side.record.source
    return {
        "release": None if side.draft else record.id,
        "tree": record.tree,
        "created_at": None if side.draft else record.created_at,
        "commit": source.commit,
        "author": source.author,
        "message": source.message,
        "dirty": source.dirty,
        "described": side.description is not None,
    }


def _ids(report: PlanReport) -> Json:
    changes = report.changes or Changes()
    moved = [(change.id, change.field("file")) for change in changes.moved]
    return {
        "added": [*report.added],
        "changed": [*report.changed],
        "removed": [*report.removed],
        "touched": [*report.touched],
        "renamed": [{"before": change.was, "after": change.id} for change in changes.renamed],
        "moved": [{"id": id_, "before": field.before, "after": field.after} for id_, field in moved if field],
    }


def _changes(changes: Changes) -> Json:
    return {
        "added": [_workflow(workflow) for workflow in changes.added],
        "removed": [_workflow(workflow) for workflow in changes.removed],
        "changed": [_workflow_change(change) for change in changes.changed],
    }


def _workflow(workflow: WorkflowDescription) -> Json:
    return {
        "id": workflow.id,
        "file": workflow.file,
        "schedule": workflow.schedule,
        "catchup": workflow.catchup,
        "tasks": [task.id for task in workflow.tasks],
        "needs": [_need(need) for need in workflow.needs],
    }


def _workflow_change(change: WorkflowChange) -> Json:
    return {
        "id": change.id,
        "was": change.was,
        "fields": _fields(change.fields),
        "params": [_param(param) for param in change.params],
        "tasks": {
            "added": [_task(task) for task in change.tasks_added],
            "removed": [_task(task) for task in change.tasks_removed],
            "changed": [_task_change(task) for task in change.tasks_changed],
        },
        "needs": [_need_change(need) for need in change.needs],
    }


def _task(task: TaskDescription) -> Json:
    return {"id": task.id, "operator": task.operator, "upstream": [*task.upstream]}


def _task_change(change: TaskChange) -> Json:
    return {"id": change.id, "was": change.was, "fields": _fields(change.fields)}


def _need_change(change: NeedChange) -> Mapping[str, Json | None]:
    return {
        "before": _need(change.before) if change.before else None,
        "after": _need(change.after) if change.after else None,
    }


def _need(need: Need) -> Json:
    return {"kind": need.kind, "name": need.name, "certainty": need.certainty, "optional": need.optional}


def _param(change: ParamChange) -> Json:
    before, after = (
        None if value is None else masked_value(change.name, value) for value in (change.before, change.after)
    )
    return {"name": change.name, "before": before, "after": after}


def _fields(changes: Iterable[FieldChange]) -> list[Json]:
    return [_field(change) for change in changes]


def _field(change: FieldChange) -> Json:
    return {"name": change.name, "before": change.before, "after": change.after}
