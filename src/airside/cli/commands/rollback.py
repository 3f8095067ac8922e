"""`airside rollback ENV`."""

from typing import Any

import click

from airside.base import clock
from airside.cli.context import Context
from airside.cli.moved import move, plan_move
from airside.cli.moving_options import choices, moving_options
from airside.cli.secrets_back import secrets_back
from airside.cli.verb import verb
from airside.delivery.moves import Request, propose_rollback
from airside.release.pointer import Pin


@verb
@click.argument("environment", metavar="ENV")
@click.option(
    "--to", "generation", type=int, metavar="GENERATION", help="The entry of `airside history` to go back to."
)
@click.option("--with-secrets", is_flag=True, help="Take its secrets back, too: to those of when that was last served.")
@moving_options
def command(
    context: Context, environment: str, *, generation: int | None, with_secrets: bool, reason: str, **options: Any
) -> None:
    r"""Take an environment back to an earlier release, and pin it there.

    One write: nothing is built or uploaded. Without --to it goes to the release served before this one; again,
    to the one before that. The environment stays there until `airside unpin`. Its secrets stay as they are, since an
    old password may not work any more.

    \b
    airside rollback production
    airside rollback production --to 41 --message "wrong totals"
    airside rollback production --with-secrets

    Exit codes: 1 Airflow does not serve the release; 3 refused: no earlier release, a lost race; 4 the store
    does not answer.
    """
    context.workspace.settings.environment(environment)
    request = Request(context.workspace.name, environment, context.actor, reason)
    pin = Pin(by=context.actor, at=clock.to_text(context.now()), reason=reason or "rolled back")
    proposal, chosen = propose_rollback(context.store, request, generation, pin), choices(options)
    secrets = secrets_back(context, request, proposal.record.id, wanted=with_secrets)
    move(context, proposal, plan_move(context, proposal, chosen), chosen, companion=secrets)
