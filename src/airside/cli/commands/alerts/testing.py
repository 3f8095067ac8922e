"""`airside alerts test CHANNEL`."""

import click

from airside.base.errors import FindingsError
from airside.cli.alerting import secrets_of
from airside.cli.context import Context
from airside.cli.verb import verb
from airside.running.current import LOCAL


@verb
@click.argument("channel", metavar="CHANNEL")
@click.option("--environment", default=LOCAL, show_default=True, metavar="ENV", help="Whose connection it is.")
def command(context: Context, channel: str, environment: str) -> None:
    r"""Send a test message to a channel.

    A channel is the id of a connection. It is sent at once, past routes, silences and limits; the answer of the other
    side is shown. The connection is the one that was applied to the environment; of dev, the one in secrets/.

    \b
    airside alerts test team_chat
    airside alerts test pager --environment production

    Exit codes: 1 the message was not taken; 2 there is no such connection, it is no channel, or your key does not
    decrypt it; 4 the store does not answer.
    """
    from airside.alerts.connections import Connections
    from airside.alerts.event import Event, Kind
    from airside.alerts.incident import Notice, State
    from airside.alerts.ports import ANSWER, Channel, DeliveryError

    if environment != LOCAL:
        context.workspace.settings.environment(environment)
    secrets, origin = secrets_of(context, environment)
    now = context.now().timestamp()
    event = Event(Kind.TEST, environment, now, owner=context.actor, detail=f"{context.actor} tries this channel.")
    notice = Notice(f"airside/test/{event.identity}", State.NEWS, event, now)
    try:
        answer = Connections(lambda _: secrets).send(Channel(environment, channel), notice, {}).get(ANSWER, "")
    except DeliveryError as error:
        raise FindingsError(error.message, hint=error.hint) from error
    context.output.document({"channel": channel, "environment": environment, "origin": origin, "answer": answer})
    context.output.done(f"{channel} ({origin}) took the message: {answer or 'it said nothing'}")
