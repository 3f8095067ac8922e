"""`airside secrets history ENV`."""

import click

from airside.base.names import secrets_channel
from airside.cli.context import Context
from airside.cli.moves_told import tell_moves
from airside.cli.verb import verb


@verb
@click.argument("environment", metavar="ENV")
@click.option("-n", "--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many entries.")
def command(context: Context, environment: str, *, limit: int) -> None:
    r"""Show who applied secrets to an environment, and when.

    \b
    airside secrets history production
    airside secrets history production --limit 1000 --json

    Exit codes: 2 none were ever applied to it; 4 the store does not answer.
    """
    context.workspace.settings.environment(environment)
    tell_moves(context, secrets_channel(environment), limit)
