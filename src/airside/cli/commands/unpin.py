"""`airside unpin ENV`."""

import click

from airside.cli.context import Context
from airside.cli.protection import confirm_unpin
from airside.cli.trusted import require_acceptable
from airside.cli.verb import verb
from airside.delivery.activate import activate
from airside.delivery.environments import read_record
from airside.delivery.moves import Request, propose_unpin


@verb
@click.argument("environment", metavar="ENV")
@click.option("-m", "--message", "reason", default="", help="Why; it is kept in the history.")
@click.option("--confirm", "confirmed", metavar="NAME", help="The name of the environment, where it is protected.")
def command(context: Context, environment: str, *, reason: str, confirmed: str | None) -> None:
    r"""Let a pinned environment move again.

    It serves what it serves; the next deploy or promotion moves it. Of a protected one the name has to be typed.

    \b
    airside unpin production

    Exit codes: 3 refused: it is not pinned, not confirmed, a lost race; 4 the store does not answer.
    """
    context.workspace.settings.environment(environment)
    request = Request(context.workspace.name, environment, context.actor, reason)
    current, move = propose_unpin(context.store, request)
    require_acceptable(context, move, read_record(context.store, move.release))
    confirm_unpin(context, environment, confirmed)
    pointer = activate(context.store, move, current, context.stamp()).pointer
    context.output.document({"environment": environment, "generation": pointer.generation, "release": pointer.release})
    context.output.done(f"{environment} is free to move; it serves release {pointer.release}")
