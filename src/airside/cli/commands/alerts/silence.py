"""`airside alerts silence WORKFLOW`."""

import secrets

import click

from airside.cli.context import Context
from airside.cli.verb import verb


@verb
@click.argument("workflow", metavar="WORKFLOW|PATTERN")
@click.option("--for", "duration", required=True, metavar="TIME", help="How long: 90m, 2h, 1d12h; at most 30d.")
@click.option("-m", "--reason", required=True, help="Why; everybody who asks sees it.")
@click.option("--environment", default="*", metavar="ENV|PATTERN", help="Only there; otherwise in all.")
def command(context: Context, workflow: str, duration: str, reason: str, environment: str) -> None:
    r"""Say nothing about some workflows for a while.

    What was told stays open, and its recovery is told. What breaks meanwhile is told at the end of the silence, and
    never when it recovers before. It holds on every machine within seconds.

    \b
    airside alerts silence daily_orders --for 2h --reason "the warehouse moves"
    airside alerts silence "sales_*" --for 1d --reason "migration" --environment production

    Exit codes: 2 the time cannot be read, or there is no such environment; 4 the store does not answer.
    """
    from airside.alerts.silences import Wanted, make_silence, parse_duration
    from airside.cli.silences_shown import silence_document

    lasts = parse_duration(duration)
    if not set("*?[") & set(environment):
        context.workspace.settings.environment(environment)
    wanted = Wanted(workflow, environment, reason, context.actor)
    silence = make_silence(context.store, wanted, (context.now(), lasts), secrets.token_hex(16))
    context.output.document(silence_document(silence))
    where = "everywhere" if environment == "*" else f"in {environment}"
    context.output.done(
        f"Nothing is said about {workflow} {where} until {silence.until}",
        then=f"airside alerts unsilence {silence.id}, to end it before",
    )
