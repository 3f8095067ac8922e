"""`airside restart [COMPONENT]`."""

import click

from airside.cli.context import Context
from airside.cli.reporter import Reporter
from airside.cli.running import require_running
from airside.cli.verb import verb


@verb
@click.argument("component", required=False)
def command(context: Context, component: str | None) -> None:
    r"""Restart the local Airflow or one component of it.

    The web server keeps its port, users keep their sessions. To take up changed packages or settings, use
    `airside down` and `airside up`.

    \b
    airside restart
    airside restart scheduler

    Exit codes: 1 no Airflow runs, or a component does not come up again.
    """
    platform = require_running(context)
    platform.restart(component, Reporter(context.output))
    context.output.document({"restarted": component or "all", "url": platform.url})
    context.output.done(f"{component or 'Airflow'} is running again at {platform.url}", then="airside status")
