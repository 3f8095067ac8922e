"""Showing a plan: what a move would change, as text and as JSON."""

from collections.abc import Iterator, Sequence

from airside.cli.output import Output
from airside.delivery.moves import Proposal
from airside.release.plan import Plan

SHOWN_FILES = 20
"""More files than these are counted, not listed; `--json` has them all."""


def as_document(plan: Plan) -> dict[str, object]:
    """Return the plan as JSON shows it."""
    return {
        "empty": plan.is_empty,
        "workflows": {
            "added": [workflow.id for workflow in plan.workflows_added],
            "changed": [workflow.id for workflow in plan.workflows_changed],
            "removed": [workflow.id for workflow in plan.workflows_removed],
        },
        "files": {
            "added": [file.path for file in plan.added],
            "changed": [file.path for file in plan.changed],
            "removed": [file.path for file in plan.removed],
        },
    }


def show(output: Output, proposal: Proposal) -> None:
    """Print what the move would change."""
    move, record = proposal.move, proposal.record
    before = f"release {proposal.current.pointer.release}" if proposal.current else "nothing"
    output.say(f"Plan: {move.action} to {move.environment}", style="bold")
    output.say(f"  from {before}")
    output.say(f"  to   release {record.id}, {_origin(proposal)}")
    if proposal.plan.is_empty:
        output.say("  the same tree: no workflow and no file changes")
        return
    _show_changes(output, proposal.plan)


def _origin(proposal: Proposal) -> str:
    source = proposal.record.source
    commit = f"commit {source.commit[:10]}" if source.commit else "no commit"
    return f"{commit}, with uncommitted changes" if source.dirty else commit


def _show_changes(output: Output, plan: Plan) -> None:
    changes = (
        ("+", "green", plan.workflows_added, plan.added),
        ("~", "yellow", plan.workflows_changed, plan.changed),
        ("-", "red", plan.workflows_removed, plan.removed),
    )
    for sign, style, workflows, _ in changes:
        for workflow in workflows:
            output.say(f"  {sign} workflow {workflow.id}", style=style)
    for sign, style, _, files in changes:
        for line in _few([file.path for file in files]):
            output.say(f"  {sign} {line}", style=style)


def _few(paths: Sequence[str]) -> Iterator[str]:
    yield from paths[:SHOWN_FILES]
    if len(paths) > SHOWN_FILES:
        yield f"… and {len(paths) - SHOWN_FILES} more files"
