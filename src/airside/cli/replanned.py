"""From a plan file back to its move, made anew from the store and from git: nothing of the file has to be believed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from airside.base import clock
from airside.base.errors import IntegrityError, RefusedError
from airside.cli.context import Context
from airside.cli.planned import sides
from airside.delivery.environments import read_current
from airside.delivery.moves import Proposal, Request, propose_deploy, propose_release, propose_rollback
from airside.delivery.plan_files import require_fresh
from airside.planning.document import document
from airside.planning.report import Evidence, PlanReport, make_report
from airside.release.encoding import canonical
from airside.release.plan_file import PlanFile
from airside.release.pointer import Pin
from airside.release.record import Record
from airside.release.source import SourceFile
from airside.release.tree import Tree

_FACTS: Final = ("workflows", "files", "changes")
"""What of a plan follows from the two releases alone, whoever asks and whenever."""


@dataclass(frozen=True, slots=True)
class Replanned:
    """The move of a plan file.

    Attributes:
        proposal: The move.
        report: What it changes, by the two releases alone.
        files: Of the release, for a deploy; None for a release that is in the store.
    """

    proposal: Proposal
    report: PlanReport
    files: Sequence[SourceFile] | None = None


def replan(context: Context, plan: PlanFile, reason: str = "") -> Replanned:
    """Return the move that `plan` describes.

    Args:
        context: The invocation.
        plan: The plan, of this workspace.
        reason: In place of that in the plan.

    Raises:
        LostRaceError: The environment has moved since the plan was made.
        RefusedError: The files of the release are not here.
        IntegrityError: The plan does not fit the release, or says of it what is not so.
    """
    require_fresh(context.store, plan, read_current(context.store, plan.environment))
    request = Request(plan.workspace, plan.environment, context.actor, reason or plan.reason)
    files = _files(context, plan.record) if plan.record else None
    proposal = _proposal(context, plan, request, files)
    require_fresh(context.store, plan, proposal.current)  # it may have moved while the files were read
    if (proposal.record.id, proposal.record.tree) != (plan.release, plan.tree):
        raise IntegrityError(
            f"The plan names release {plan.release} with tree {plan.tree}; in the store that is "
            f"{proposal.record.id} with {proposal.record.tree}"
        )
    report = _report(context, plan, proposal)
    _require_true(plan, report)
    return Replanned(proposal, report, files)


def _proposal(context: Context, plan: PlanFile, request: Request, files: Sequence[SourceFile] | None) -> Proposal:
    if plan.record is not None and files is not None:
        return propose_deploy(context.store, request, plan.record, Tree.of_sources(files))
    if plan.restores is not None:
        pin = Pin(by=context.actor, at=clock.to_text(context.now()), reason=request.reason or "rolled back")
        return propose_rollback(context.store, request, plan.restores, pin)
    return propose_release(context.store, request, plan.release)


def _files(context: Context, record: Record) -> Sequence[SourceFile]:
    """Return the files of the release, from its commit, or from the working tree where no commit has them.

    Raises:
        RefusedError: The commit is not here, or gives other files.
    """
    from airside.workspace.source import read_commit, read_source

    commit = record.source.commit
    if record.source.dirty or commit is None:
        files: Sequence[SourceFile] | None = read_source(context.workspace, allow_dirty=True).files
        where = "The working tree here"
    else:
        files, where = read_commit(context.workspace, commit), f"Commit {commit}"
    if files is None:
        raise RefusedError(f"{where} is not in this repository", hint=f"`git fetch origin {commit}`, then try again.")
    if (found := Tree.of_sources(files).digest) != record.tree:
        raise RefusedError(
            f"{where} gives tree {found}, and release {record.id} is of {record.tree}",
            hint="`airside plan` makes a plan of what is here. Nothing was changed.",
        )
    return files


def _report(context: Context, plan: PlanFile, proposal: Proposal) -> PlanReport:
    before, after = sides(context, proposal, plan.description)
    return make_report((plan.environment, proposal.move.action), before, after, proposal.plan, Evidence())


def _require_true(plan: PlanFile, report: PlanReport) -> None:
    """Refuse a plan that says something else of the two releases than they do: somebody approves what it says."""
    said, found = msgspec.json.decode(plan.changes), msgspec.json.decode(canonical(document(report)))
    wrong = [name for name in _FACTS if not isinstance(said, dict) or said.get(name) != found[name]]
    if wrong:
        raise IntegrityError(
            f"What the plan says of {', '.join(wrong)} is not what release {plan.release} would change",
            hint="Another version of Airside made it, or somebody changed it. Make a new one: "
            f"`airside plan {plan.environment}`.",
        )
