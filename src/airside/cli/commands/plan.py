"""`airside plan ENV`."""

import click

from airside.cli import planned
from airside.cli.context import Context
from airside.cli.drafted import draft_release
from airside.cli.verb import verb
from airside.delivery.moves import Proposal, Request, propose_deploy, propose_promotion


@verb
@click.argument("environment", metavar="ENV")
@click.option("--from", "source", metavar="ENV", help="Plan a promotion from this environment, not a deploy.")
@click.option("--allow-dirty", is_flag=True, help="Plan a release of uncommitted changes too.")
def command(context: Context, environment: str, *, source: str | None, allow_dirty: bool) -> None:
    r"""Show what a deploy or a promotion would change.

    Nothing is written.

    \b
    airside plan production                   a deploy of this workspace
    airside plan production --from preprod    a promotion

    Exit codes: 0 with or without changes; 1 a DAG file does not import; 3 uncommitted changes.
    """
    proposal = _proposal(context, environment, source, allow_dirty=allow_dirty)
    planned.show(context.output, proposal)
    before = proposal.current.pointer.release if proposal.current else None
    document = {"environment": environment, "from": before, "release": proposal.record.id}
    context.output.document({**document, "plan": planned.as_document(proposal.plan)})
    if not proposal.plan.is_empty:
        then = f"airside promote {source} {environment}" if source else f"airside deploy {environment}"
        context.output.say(f"  next: {then}", style="dim")


def _proposal(context: Context, environment: str, source: str | None, *, allow_dirty: bool) -> Proposal:
    settings = context.workspace.settings
    settings.environment(environment)
    request = Request(context.workspace.name, environment, context.actor)
    if source is not None:
        settings.environment(source)
        return propose_promotion(context.store, request, source)
    draft = draft_release(context, allow_dirty=allow_dirty)
    return propose_deploy(context.store, request, draft.record, draft.tree)
