"""`airside secrets rotate`."""

import click

from airside.cli.context import Context
from airside.cli.secret_files import counted, desk, document_path, next_step, shown
from airside.cli.verb import verb


@verb
@click.argument("environment", metavar="ENV|base")
def command(context: Context, environment: str) -> None:
    r"""Encrypt a document anew, with a new data key.

    For those whom .sops.yaml names now: whoever only had the old data key cannot read what is written from now on.
    The values stay; where somebody must not know them any more, change them as well.

    \b
    airside secrets rotate production

    Exit codes: 2 there is no document, or your key cannot decrypt it; 3 somebody else changed the file meanwhile.
    """
    from airside.secrets.outline import read_outline
    from airside.secrets.writing.saving import save

    path = document_path(context, environment)
    with desk(context) as at:
        before, _ = at.open(path)
        after = at.sops.rotate(at.rekey(path, before), at.private.path, what=path.name)
        save(path, before, after)
    recipients = read_outline(after, what=path.name).recipients
    context.output.document({"file": str(path), "recipients": recipients})
    context.output.done(
        f"{shown(context, path)} has a new data key, for {counted(len(recipients), 'recipient')}",
        then=next_step(context, environment),
    )
