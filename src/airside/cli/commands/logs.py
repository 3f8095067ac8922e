"""`airside logs [COMPONENT]`."""

import click

from airside.base.errors import UsageError
from airside.cli.context import Context
from airside.cli.running import unattended
from airside.cli.verb import verb
from airside.platform.components import ALERTS, COMMANDS, POSTGRES
from airside.platform.local import leftovers
from airside.platform.logs import follow, log_path, tail

COMPONENTS = (*COMMANDS, ALERTS, POSTGRES, "supervisord")


@verb
@click.argument("component", required=False)
@click.option("-f", "--follow", "following", is_flag=True, help="Go on with every new line.")
@click.option("-n", "--lines", type=click.IntRange(min=0), default=50, show_default=True, help="How many of each.")
def command(context: Context, component: str | None, *, following: bool, lines: int) -> None:
    r"""Show what the components of the local Airflow print.

    All of them, or one of api-server, scheduler, dag-processor, triggerer, alerts, postgres and supervisord. The logs
    stay when Airflow has stopped.

    \b
    airside logs
    airside logs scheduler --follow

    Exit codes: 2 there is no such component.
    """
    if component is not None and component not in COMPONENTS:
        raise UsageError(f"There is no component {component!r}", hint=f"There are: {', '.join(COMPONENTS)}.")
    if following and context.output.as_json:
        raise UsageError("A log that goes on has no JSON document", hint="Leave out --follow or --json.")
    wanted = (component,) if component else COMPONENTS
    state = context.workspace.state
    if left := leftovers(context.workspace):
        context.output.progress(unattended(context, left).message, style="yellow")
    if following:
        for name, line in follow(state, wanted, lines):
            context.output.say(line if component else f"{name:<13} {line}")
    found = {name: tail(log_path(state, name), lines) for name in wanted}
    context.output.document(found)
    for name, text in found.items():
        for line in text:
            context.output.say(line if component else f"{name:<13} {line}")
