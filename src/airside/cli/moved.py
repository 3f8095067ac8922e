"""Making a proposed move: ask, write, swap, wait, and tell."""

from collections.abc import Callable
from dataclasses import dataclass

from airside.cli import planned
from airside.cli.context import Context
from airside.cli.followed import follow, require_no_clash
from airside.cli.trusted import is_accepted, require_acceptable
from airside.delivery.activate import Activation, activate, require_unpinned
from airside.delivery.moves import Proposal, require_workflows
from airside.delivery.publish import Upload


@dataclass(frozen=True)
class Choices:
    """What the options of the verb say.

    Attributes:
        unpin: Move even a pinned environment.
        allow_empty: Move even to a release without a workflow.
        dry_run: Show the plan and stop.
        seconds: How long to wait for Airflow; 0 does not wait.
    """

    unpin: bool = False
    allow_empty: bool = False
    dry_run: bool = False
    seconds: float = 0.0


def move(context: Context, proposal: Proposal, choices: Choices, prepare: Callable[[], Upload] = Upload) -> None:
    """Show the plan, ask, and move the environment.

    Args:
        context: The invocation.
        proposal: Where the environment points and where it should.
        choices: What the user chose.
        prepare: Uploads what the release needs; called after the answer, so that a no leaves nothing behind.

    Raises:
        RefusedError: The environment is pinned, would lose its last workflow, was moved meanwhile, trusts too few of
            the signatures, or the answer is no.
        FindingsError: The environment was moved, and Airflow does not serve all of the release.
    """
    environment = proposal.move.environment
    planned.show(context.output, proposal)
    if choices.dry_run:
        context.output.document(_document(proposal, None, Upload(), served=None))
        return
    if proposal.moves_nothing and proposal.move.action != "rollback" and is_accepted(context, proposal.current):
        _tell_no_change(context, proposal)
        return
    require_unpinned(proposal.current, unpin=choices.unpin or proposal.move.action == "rollback")
    require_workflows(proposal, allow_empty=choices.allow_empty)
    require_acceptable(context, proposal.move, proposal.record)
    require_no_clash(context, environment, proposal.record)
    context.confirm(f"{proposal.move.action.capitalize()} to {environment}?")
    upload = prepare()
    activation = activate(context.store, proposal.move, proposal.current, context.stamp())
    plan = proposal.plan
    gone = {workflow.file for workflow in plan.workflows_removed}
    changed = {file.path for file in (*plan.added, *plan.changed, *plan.removed)} - gone
    served = follow(context, environment, proposal.record, changed, choices.seconds)
    _tell(context, proposal, activation, upload, served=served)


def _tell_no_change(context: Context, proposal: Proposal) -> None:
    current = proposal.current
    context.output.document(_document(proposal, None, Upload(), served=None))
    name = proposal.move.environment
    release = current.pointer.release if current else "nothing"
    context.output.done(f"Nothing to do: {name} serves this tree already, as release {release}", then="airside status")


def _tell(context: Context, proposal: Proposal, activation: Activation, upload: Upload, *, served: bool) -> None:
    output, pointer = context.output, activation.pointer
    output.document(_document(proposal, activation, upload, served=served))
    output.progress(f"Uploaded {upload.objects} objects, {upload.size:,} bytes")
    if not activation.history_written:
        output.progress("The store failed after the move; the next one completes the history", style="yellow")
    pinned = ", pinned there" if pointer.pin else ""
    where = "Airflow serves it" if served else "no Airflow of this workspace runs that serves it"
    name = pointer.environment
    back = f"airside rollback {name} takes it back" if pointer.previous else f"airside history {name}"
    then = f"airside unpin {name}" if pointer.pin else back
    output.done(f"{name} is at generation {pointer.generation}, release {pointer.release}{pinned}; {where}", then=then)


def _document(
    proposal: Proposal, activation: Activation | None, upload: Upload, *, served: bool | None
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
        "plan": planned.as_document(proposal.plan),
        "uploaded": {"objects": upload.objects, "bytes": upload.size},
        "served": served,
    }
