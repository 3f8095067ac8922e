"""Making a proposed move: ask, write, swap, wait, and tell."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from msgspec import structs

from airside.base.errors import FindingsError, RefusedError
from airside.cli import planned
from airside.cli.context import Context
from airside.cli.followed import follow, require_no_clash
from airside.cli.protection import approvals_needed, confirm_move, refusals, require_permitted
from airside.cli.trusted import is_accepted, require_acceptable
from airside.delivery.activate import Activation, activate, require_unpinned
from airside.delivery.moves import Proposal, require_workflows
from airside.delivery.publish import Upload
from airside.planning.document import document
from airside.planning.report import PlanReport
from airside.release.envelope import Envelope

if TYPE_CHECKING:
    from airside.cli.secrets_back import SecretsBack

_IN_THE_STORE = planned.Known()
_SHOWN = 5


@dataclass(frozen=True)
class Choices:
    """What the options of the verb say.

    Attributes:
        unpin: Move even a pinned environment.
        allow_empty: Move even to a release without a workflow.
        allow_removals: Move even where many workflows go.
        dry_run: Show the plan and stop.
        seconds: How long to wait for Airflow; 0 does not wait.
        confirmed: The name of the environment, as it was given in advance.
        approvals: The plan that is applied, with the signatures of those who approved it.
    """

    unpin: bool = False
    allow_empty: bool = False
    allow_removals: bool = False
    dry_run: bool = False
    seconds: float = 0.0
    confirmed: str | None = None
    approvals: Envelope | None = None


def plan_move(
    context: Context, proposal: Proposal, choices: Choices, known: planned.Known = _IN_THE_STORE
) -> PlanReport:
    """Return the plan of a move that the user chose to make.

    Args:
        context: The invocation.
        proposal: Where the environment points and where it should.
        choices: What the user chose.
        known: What is known of a release that is not in the store.
    """
    approvals = 0 if choices.approvals else approvals_needed(context, proposal)
    refused = refusals(context, proposal, unpin=choices.unpin)
    known = replace(known, refusals=refused, approvals=approvals, allow_removals=choices.allow_removals)
    return planned.plan_of(context, proposal, known)


def move(
    context: Context,
    proposal: Proposal,
    report: PlanReport,
    choices: Choices,
    prepare: Callable[[], Upload] = Upload,
    *,
    companion: "SecretsBack | None" = None,
) -> None:
    """Show the plan, ask, and move the environment.

    Args:
        context: The invocation.
        proposal: Where the environment points and where it should.
        report: The plan, as `plan_move` makes it.
        choices: What the user chose.
        prepare: Uploads what the release needs; called after the answer, so that a no leaves nothing behind.
        companion: What becomes of the secrets, where that is to be told.

    Raises:
        RefusedError: The environment is pinned, would lose its last workflow, was moved meanwhile, trusts too few of
            the signatures, or the answer is no.
        FindingsError: The environment was moved, and Airflow does not serve all of the release.
    """
    environment = proposal.move.environment
    planned.show(context.output, report)
    if companion:
        companion.show()
    if choices.dry_run:
        context.output.document(_document(proposal, report, None, Upload(), served=None) | _secrets(companion))
        return
    if report.is_empty and proposal.move.action != "rollback" and is_accepted(context, proposal.current):
        _tell_no_change(context, proposal, report)
        return
    require_unpinned(proposal.current, unpin=choices.unpin or proposal.move.action == "rollback")
    require_workflows(proposal, allow_empty=choices.allow_empty)
    require_removals(proposal, report)
    approved_by = require_permitted(context, proposal, choices.approvals)
    require_acceptable(context, proposal.move, proposal.record)
    require_no_clash(context, environment, proposal.record)
    confirm_move(context, proposal, choices.confirmed)
    upload = prepare()
    approved = structs.replace(proposal.move, approved_by=tuple(approved_by))
    activation = activate(context.store, approved, proposal.current, context.stamp())
    if companion:
        companion.carry_out()
    plan = proposal.plan
    gone = {workflow.file for workflow in plan.workflows_removed}
    changed = {file.path for file in (*plan.added, *plan.changed, *plan.removed)} - gone
    if choices.seconds > 0:
        _require_fitting(report)
    outcome = follow(context, environment, proposal.record, changed, choices.seconds)
    made = _document(proposal, report, activation, upload, served=outcome.served) | _secrets(companion)
    context.output.document(made)
    _tell(context, activation, upload, where=outcome.told)


def require_removals(proposal: Proposal, report: PlanReport) -> None:
    """Refuse a move that takes many workflows away, unless that is allowed. A rollback brings back what was there.

    Raises:
        RefusedError: It does.
    """
    if not report.needs_allowance or proposal.move.action == "rollback":
        return
    drop = report.drop
    raise RefusedError(
        f"{drop.removed} of the {drop.served} workflows that {report.environment!r} serves would go: "
        f"{', '.join(report.removed[:_SHOWN])}{' and more' if len(report.removed) > _SHOWN else ''}",
        hint="If this is what you want, add --allow-removals.",
    )


def _require_fitting(report: PlanReport) -> None:
    """Say at once what waiting would come to: the Airflow of the environment refuses the release.

    Raises:
        FindingsError: It does.
    """
    if report.is_refused_there:
        raise FindingsError(
            f"{report.environment!r} points to release {report.after.record.id}, and its Airflow does not serve that: "
            "it runs other Python packages than the release was built for",
            hint="Roll out the image of its requirements.lock: Airflow then serves it. --wait 0 does not look.",
        )


def _tell_no_change(context: Context, proposal: Proposal, report: PlanReport) -> None:
    current = proposal.current
    context.output.document(_document(proposal, report, None, Upload(), served=None))
    name = proposal.move.environment
    release = current.pointer.release if current else "nothing"
    context.output.done(f"Nothing to do: {name} serves this tree already, as release {release}", then="airside status")


def _tell(context: Context, activation: Activation, upload: Upload, *, where: str) -> None:
    output, pointer = context.output, activation.pointer
    output.progress(f"Uploaded {upload.objects} objects, {upload.size:,} bytes")
    if not activation.history_written:
        output.progress("The store failed after the move; the next one completes the history", style="yellow")
    pinned = ", pinned there" if pointer.pin else ""
    name = pointer.environment
    back = f"airside rollback {name} takes it back" if pointer.previous else f"airside history {name}"
    then = f"airside unpin {name}" if pointer.pin else back
    output.done(f"{name} is at generation {pointer.generation}, release {pointer.release}{pinned}; {where}", then=then)


def _secrets(companion: "SecretsBack | None") -> dict[str, object]:
    return {"secrets": companion.document()} if companion else {}


def _document(
    proposal: Proposal, report: PlanReport, activation: Activation | None, upload: Upload, *, served: bool | None
) -> dict[str, object]:
    pointer = activation.pointer if activation else None
    return {
        "environment": proposal.move.environment,
        "action": proposal.move.action,
        "moved": pointer is not None,
        "generation": pointer.generation if pointer else None,
        "release": proposal.record.id,
        "tree": proposal.record.tree,
        "previous": proposal.current.pointer.release if proposal.current else None,
        "plan": document(report),
        "uploaded": {"objects": upload.objects, "bytes": upload.size},
        "served": served,
    }
