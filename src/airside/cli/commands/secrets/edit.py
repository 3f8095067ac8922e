"""`airside secrets edit`."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from airside.base.errors import FindingsError
from airside.cli import environ
from airside.cli.context import Context
from airside.cli.secret_files import Desk, counted, desk, document_path, next_step, shown
from airside.cli.verb import verb

if TYPE_CHECKING:
    from airside.secrets.writing.editing import Editor


@verb
@click.argument("environment", metavar="ENV|base")
def command(context: Context, environment: str) -> None:
    r"""Open your editor on the decrypted secrets of an environment.

    The editor is VISUAL, else EDITOR, else vi. It sees a private file in memory. What you save is checked before it is
    encrypted: a text that does not hold is opened again, with what is wrong at its top. `base` is what all
    environments share.

    \b
    airside secrets edit production
    airside secrets edit base
    EDITOR="code --wait" airside secrets edit dev

    Exit codes: 1 what you saved does not hold; 2 your key cannot decrypt the file, or the editor failed; 3 somebody
    else changed the file meanwhile; 5 the file was tampered with.
    """
    path = document_path(context, environment)
    with desk(context) as at:
        before, text = at.open_or_begin(path)
        after = _editor(at).edit(text, path.name, lambda saved: at.sealer.seal(saved, path, before))
    _save(context, environment, before, after)


def _editor(at: Desk) -> "Editor":
    from airside.secrets.writing.editing import Editor

    variables = environ.variables()
    return Editor(environ.editor(variables), variables, at.private.path, _ask(at.context))


def _ask(context: Context) -> Callable[[FindingsError], bool] | None:
    if context.output.as_json or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None

    def ask(error: FindingsError) -> bool:
        context.output.error(error)
        return click.confirm("Open the editor again?", default=True, err=True)

    return ask


def _save(context: Context, environment: str, before: bytes | None, after: bytes | None) -> None:
    from airside.secrets.outline import read_outline
    from airside.secrets.writing.saving import save

    path = document_path(context, environment)
    changed = after is not None and after != before
    if after is not None and changed:
        save(path, before, after)
    now = after or before
    names = [".".join(name) for name in read_outline(now, what=path.name).entries] if now else []
    context.output.document({"file": str(path), "changed": changed, "names": names})
    if not changed:
        context.output.done("Nothing was saved" if before is None else f"Nothing changed in {shown(context, path)}")
        return
    context.output.done(
        f"{shown(context, path)} is encrypted and holds {counted(len(names), 'name')}",
        then=next_step(context, environment),
    )
