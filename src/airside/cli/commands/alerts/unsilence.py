"""`airside alerts unsilence ID`."""

import secrets

import click

from airside.cli.context import Context
from airside.cli.verb import verb


@verb
@click.argument("silence", metavar="ID")
def command(context: Context, silence: str) -> None:
    r"""End a silence before its time.

    \b
    airside alerts list
    airside alerts unsilence 20261121-203000-0123abcd

    Exit codes: 2 no such silence holds; 3 somebody else ended it; 4 the store does not answer.
    """
    from airside.alerts.silences import end_silence
    from airside.cli.silences_shown import silence_document

    ended = end_silence(context.store, silence, context.actor, context.now(), secrets.token_hex(16))
    context.output.document(silence_document(ended))
    context.output.done(f"What happens to {ended.workflows} is told again", then="airside alerts list")
