"""`airside secrets rollback ENV`."""

import click

from airside.cli.context import Context
from airside.cli.secret_moves import carry_out, planned_move, show, tell
from airside.cli.verb import verb
from airside.delivery.moves import Request
from airside.delivery.secret_documents import propose_secrets_rollback


@verb
@click.argument("environment", metavar="ENV")
@click.option(
    "--to", "generation", type=int, metavar="GENERATION", help="The entry of `airside secrets history` to go back to."
)
@click.option("-m", "--message", "reason", default="", help="Why; it is kept in the history.")
@click.option("--confirm", "confirmed", metavar="NAME", help="The name of the environment: yes, even if protected.")
@click.option("--dry-run", is_flag=True, help="Show which names differ and stop.")
def command(
    context: Context, environment: str, *, generation: int | None, reason: str, confirmed: str | None, dry_run: bool
) -> None:
    r"""Give an environment its earlier secrets again.

    One write: without --to they are those that it had before the current ones. The workflows that it serves stay.
    The next `airside secrets apply` moves them on; secrets are not pinned.

    \b
    airside secrets rollback production
    airside secrets rollback production --to 4 --message "wrong password"

    Exit codes: 2 none were ever applied to it; 3 refused: no earlier ones, a lost race; 4 the store does not answer.
    """
    context.workspace.settings.environment(environment)
    request = Request(context.workspace.name, environment, context.actor, reason)
    move = planned_move(context, propose_secrets_rollback(context.store, request, generation))
    show(context, move)
    if dry_run:
        context.output.document(move.document(None))
        return
    tell(context, move, carry_out(context, move, confirmed))
