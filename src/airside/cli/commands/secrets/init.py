"""`airside secrets init`."""

from pathlib import Path

import click

from airside.cli.context import Context
from airside.cli.secret_files import (
    BASE,
    EMPTY,
    Desk,
    desk,
    document_path,
    own_key,
    save_rules,
    shown,
)
from airside.cli.verb import verb


@verb
@click.argument("environments", metavar="[ENV]...", nargs=-1)
def command(context: Context, environments: tuple[str, ...]) -> None:
    r"""Make your key, and an encrypted document for each environment.

    Your age key goes to your own configuration folder, for your account alone. Each environment (dev, where none is
    named) gets a rule in .sops.yaml that names you, and a document in secrets/. What is there already stays as it is.

    \b
    airside secrets init
    airside secrets init preprod production

    Exit codes: 2 no such environment, no sops program, or a key that cannot be used.
    """
    names = environments or ("dev",)
    paths = [document_path(context, name) for name in names]
    with desk(context):  # asks for the program before anything is made
        key = own_key(context)
    made = _rules(context, [*paths, document_path(context, BASE)], key)
    with desk(context) as at:
        made += [shown(context, path) for path in paths if _document(at, path)]
    context.output.document({"public_key": key, "made": made, "environments": list(names)})
    context.output.done(
        f"Made {', '.join(made)}" if made else "All is there already",
        then=f"airside secrets edit {names[0]}",
    )
    context.output.say(f"  your public key: {key}", style="dim")
    context.output.say(
        f"  access to others: somebody who has it runs `airside secrets recipients add ENV {key}`", style="dim"
    )


def _rules(context: Context, paths: list[Path], key: str) -> list[str]:
    from airside.secrets.recipients import read_rules

    before = after = read_rules(context.workspace.root)
    for path in paths:
        after = after.with_rule(path, key)
    return [after.path.name] if save_rules(before, after) else []


def _document(at: Desk, path: Path) -> bool:
    from airside.secrets.writing.saving import read, save

    if read(path) is not None:
        return False
    save(path, None, at.sealer.seal(EMPTY, path, None))
    return True
