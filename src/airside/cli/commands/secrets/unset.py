"""`airside secrets unset`."""

import click

from airside.base.errors import UsageError
from airside.cli.context import Context
from airside.cli.secret_files import desk, document_path, next_step, required, shown
from airside.cli.verb import verb


@verb
@click.argument("environment", metavar="ENV|base")
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
def command(context: Context, environment: str, names: tuple[str, ...]) -> None:
    r"""Take a connection, one of its fields or a variable out.

    A name of `base` that is taken out of an environment's own document is there again as `base` has it.

    \b
    airside secrets unset dev variables.limit connections.old
    airside secrets unset dev connections.dwh.extra.sslmode

    Exit codes: 1 the document would not hold; 2 there is no such name; 3 somebody else changed the file meanwhile.
    """
    from airside.secrets.outline import read_outline
    from airside.secrets.writing.address import parse_address
    from airside.secrets.writing.assigning import removed

    path = document_path(context, environment)
    outline = read_outline(required(path), what=path.name)
    known = {name for section, name in outline.entries if section == "connections"}
    addresses = [parse_address(name, known) for name in names]
    for address in addresses:
        if not outline.has(address.path):
            raise UsageError(
                f"{shown(context, path)} has no {address}; nothing was changed",
                hint=f"airside secrets list {environment} --all",
            )
    with desk(context) as at:
        for address in addresses:
            at.rewrite(path, removed(address))
    context.output.document({"file": str(path), "removed": [str(address) for address in addresses]})
    context.output.done(
        f"Took {', '.join(map(str, addresses))} out of {shown(context, path)}",
        then=next_step(context, environment),
    )
