"""`airside promote FROM TO`."""

from typing import Any

import click

from airside.base.errors import UsageError
from airside.cli.context import Context
from airside.cli.moved import move, plan_move
from airside.cli.moving_options import choices, moving_options
from airside.cli.verb import verb
from airside.delivery.moves import Request, propose_promotion


@verb
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@moving_options
def command(context: Context, source: str, target: str, *, reason: str, **options: Any) -> None:
    r"""Move an environment to the release that another one serves.

    The same bytes: nothing is built, checked out or uploaded.

    \b
    airside promote preprod production

    Exit codes: 1 Airflow does not serve the release; 3 refused: a pinned environment, a lost race, too few
    signatures; 4 the store does not answer.
    """
    settings = context.workspace.settings
    settings.environment(source)
    settings.environment(target)
    if source == target:
        raise UsageError(f"{source!r} cannot be promoted to itself")
    request = Request(context.workspace.name, target, context.actor, reason or f"promoted from {source}")
    proposal, chosen = propose_promotion(context.store, request, source), choices(options)
    move(context, proposal, plan_move(context, proposal, chosen), chosen)
