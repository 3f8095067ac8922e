"""`airside promote FROM TO`."""

from typing import Any

import click

from airside.cli.context import Context
from airside.cli.moved import move, plan_move
from airside.cli.moving_options import choices, moving_options
from airside.cli.promoted import promotion
from airside.cli.verb import verb


@verb
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--commit", metavar="SHA", help="The release that FROM has served of this git commit.")
@moving_options
def command(context: Context, source: str, target: str, *, commit: str | None, reason: str, **options: Any) -> None:
    r"""Move an environment to the release that another one serves, or served.

    The same bytes: nothing is built, checked out or uploaded. With --commit it is what FROM served of that commit,
    whatever it serves now: a tag promotes the commit that it names. Seven digits of the commit are enough.

    \b
    airside promote preprod production
    airside promote preprod production --commit 8067c26

    Exit codes: 1 Airflow does not serve the release; 3 refused: a pinned environment, a lost race, too few
    signatures, not exactly one release of the commit; 4 the store does not answer.
    """
    proposal, chosen = promotion(context, source, target, commit, reason), choices(options)
    move(context, proposal, plan_move(context, proposal, chosen), chosen)
