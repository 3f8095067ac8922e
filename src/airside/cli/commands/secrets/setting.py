"""`airside secrets set`."""

import json
import sys

import click

from airside.base.errors import UsageError
from airside.base.suggestions import suggestion
from airside.cli.context import Context
from airside.cli.secret_files import desk, document_path, next_step, required, shown
from airside.cli.verb import verb


@verb
@click.argument("environment", metavar="ENV|base")
@click.argument("name")
@click.option("--json-value", is_flag=True, help="The value is JSON: a number, a list, a mapping.")
@click.option("--allow-empty", is_flag=True, help="Take an empty value.")
def command(context: Context, environment: str, name: str, *, json_value: bool, allow_empty: bool) -> None:
    r"""Give a connection or a variable a value, from a prompt or standard input.

    A value never comes from the command line, where others can read it. From standard input it keeps its lines; one
    newline at its end, as `echo` writes it, is taken off. NAME is connections.ID (its value is a URI, or with
    --json-value a mapping), connections.ID.FIELD, connections.ID.extra.KEY or variables.KEY. Ids may have dots.

    \b
    airside secrets set dev connections.dwh.password
    pass show dwh | airside secrets set preprod connections.dwh.password
    echo '{"orders": 3}' | airside secrets set dev variables.limits --json-value

    Exit codes: 1 the document would not hold; 2 no such environment, or your key cannot decrypt it; 3 somebody else
    changed the file meanwhile.
    """
    from airside.secrets.outline import outline_of
    from airside.secrets.writing.address import parse_address
    from airside.secrets.writing.assigning import assigned

    path = document_path(context, environment)
    outline = outline_of(path)
    entries = outline.entries if outline else {}
    known = {known for section, known in entries if section == "connections"}
    address = parse_address(name, known)
    existing = entries.get((address.section, address.name))
    if address.field not in (None, "conn_type") and existing is None:
        required(path)
        raise _no_connection(shown(context, path), environment, address.name, known)
    with desk(context) as at:
        opened = at.open_or_begin(path)  # before anybody types a value in vain
        text = _value(context, name)
        if not text and not allow_empty:
            raise UsageError("The value is empty; nothing was changed", hint="If that is meant: --allow-empty")
        changes = assigned(address, _parsed(text) if json_value else text, existing, is_json=json_value)
        changed = at.change(path, opened, changes)
    context.output.document({"file": str(path), "name": str(address), "changed": changed})
    done = f"{address} is set in {shown(context, path)}" if changed else f"{address} has this value already"
    context.output.done(done, then=next_step(context, environment) if changed else None)


def _no_connection(document: str, environment: str, name: str, known: set[str]) -> UsageError:
    return UsageError(
        f"{document} has no connection {name!r}{suggestion(name, known)}",
        hint=f"A new one begins with its type: airside secrets set {environment} connections.{name}.conn_type",
    )


def _value(context: Context, name: str) -> str:
    if sys.stdin.isatty():
        value: str = click.prompt(
            f"Value of {name}", hide_input=True, confirmation_prompt=True, default="", show_default=False, err=True
        )
        return value
    context.output.detail("Reading the value from standard input")
    try:
        text = sys.stdin.buffer.read().decode()
    except UnicodeDecodeError:
        raise UsageError("The value is not UTF-8 text", hint="Encode it: base64 FILE | airside secrets set …") from None
    return text.removesuffix("\n").removesuffix("\r")


def _parsed(text: str) -> object:
    try:
        value: object = json.loads(text)
    except ValueError:
        raise UsageError(
            "The value is not JSON; nothing was changed", hint="Without --json-value it is text."
        ) from None
    return value
