"""Putting a plan together: what differs, what Airflow says, what the environment lacks; and showing it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from airside.base.errors import IntegrityError
from airside.cli.applied_names import marked, names_in_force
from airside.cli.compared import contents
from airside.cli.context import Context
from airside.cli.foreseen import Count, foreseen
from airside.cli.output import Output
from airside.cli.platform_packages import packages_there
from airside.delivery.descriptions import read_description
from airside.delivery.moves import Proposal
from airside.planning.consequences import Consequences
from airside.planning.lacks import Lack, lacks
from airside.planning.platform_packages import PlatformPackages
from airside.planning.report import Evidence, Findings, PlanReport, Side, make_report
from airside.planning.text import text
from airside.release.description import Description
from airside.release.record import Record
from airside.release.source import SourceFile

if TYPE_CHECKING:
    from airside.inspection.facts import DueRequest


@dataclass(frozen=True, slots=True)
class Known:
    """What the caller knows of the release already.

    Attributes:
        files: Of a release that is not in the store; None where the store has it.
        description: Of its workflows; None where the store has it.
        warnings: How many the check found; None where none was made.
        count: Counts the runs that are due; None starts the Python of the workspace for it.
        refusals: Why the move will be refused, as sentences without their end.
        show_source: Show what changes line by line.
        approvals: How many have to approve the move and have not.
        allow_removals: Much may go.
    """

    files: Sequence[SourceFile] | None = None
    description: Description | None = None
    warnings: int | None = None
    count: Count | None = None
    refusals: Sequence[str] = field(default=())
    approvals: int = 0
    show_source: bool = False
    allow_removals: bool = False


def plan_of(context: Context, proposal: Proposal, known: Known) -> PlanReport:
    """Return the plan of a proposed move. Nothing is written.

    Raises:
        StoreUnavailableError: The store does not answer.
        FindingsError: A document of secrets is not what it should be.
    """
    move = proposal.move
    before, after = sides(context, proposal, known.description, draft=known.files is not None)
    consequences = _consequences(context, proposal, before, after, known.count)
    evidence = Evidence(
        contents=contents(context, proposal, known.files, everything=known.show_source),
        show_source=known.show_source,
        consequences=consequences,
        lacks=_lacks(context, proposal, before, after.description),
        findings=None if known.warnings is None else Findings(errors=0, warnings=known.warnings),
        refusals=tuple(known.refusals),
        approvals=known.approvals,
        allow_removals=known.allow_removals,
        platform=_platform(context, proposal, consequences),
    )
    return make_report((move.environment, move.action), before, after, proposal.plan, evidence)


def sides(
    context: Context, proposal: Proposal, described: Description | None, *, draft: bool = False
) -> tuple[Side | None, Side]:
    """Return the release that is served, None where that is nothing, and the one that would be.

    Args:
        context: The invocation.
        proposal: The move.
        described: What the workflows of the new release are, where that is known; else the store is asked.
        draft: The new release is not in the store.
    """
    before = Side(proposal.before, _described(context, proposal.before)) if proposal.before else None
    return before, Side(proposal.record, described or _described(context, proposal.record), draft=draft)


def show(output: Output, report: PlanReport) -> None:
    """Print the plan."""
    for line, style in text(report):
        output.say(line, style=style)


def _described(context: Context, record: Record) -> Description | None:
    try:
        return read_description(context.store, record)
    except IntegrityError as error:
        # A rollback must not depend on what is there to be looked at only.
        context.output.progress(f"The plan cannot tell what is in release {record.id}: {error.message}", style="yellow")
        return None


def _consequences(
    context: Context, proposal: Proposal, before: Side | None, after: Side, count: Count | None
) -> Consequences | None:
    if after.description is None or proposal.moves_nothing:
        return None
    old = before.description if before else None
    if proposal.move.action == "rollback":
        count = _uncounted
    return foreseen(context, proposal.move.environment, old, after.description, count)


def _platform(context: Context, proposal: Proposal, consequences: Consequences | None) -> PlatformPackages | None:
    # An Airflow that has just not answered is not waited for again.
    if proposal.record.requirements.lock is None or (consequences and not consequences.reachable):
        return None
    return packages_there(context, proposal.move.environment)


def _uncounted(_: "DueRequest") -> Mapping[str, int | None]:
    """Counting takes the second that a rollback in need has not."""
    return {}


def _lacks(
    context: Context, proposal: Proposal, before: Side | None, after: Description | None
) -> tuple[Lack, ...] | None:
    # What served there before had what it needs; nor may a broken document keep anybody from going back.
    if after is None or proposal.move.action == "rollback":
        return None
    names, waiting = names_in_force(context, proposal.move.environment)
    return marked(lacks(before.description if before else None, after, names), waiting)
