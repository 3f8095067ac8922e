"""`airside secrets get`."""

import json
from typing import TYPE_CHECKING, Any

import click

from airside.base.errors import UsageError
from airside.cli.context import Context
from airside.cli.secret_files import BASE, document_path, required, shown, values
from airside.cli.verb import verb

if TYPE_CHECKING:
    from pathlib import Path

    from airside.secrets.writing.address import Address


@verb
@click.argument("environment", metavar="ENV|base")
@click.argument("name")
@click.option("--reveal", is_flag=True, help="Print the value.")
def command(context: Context, environment: str, name: str, *, reveal: bool) -> None:
    r"""Show where a secret comes from, and with --reveal its value.

    The environment's own document is looked at first, then base. Text is printed as it is, anything else as JSON.

    \b
    airside secrets get preprod connections.dwh
    airside secrets get preprod connections.dwh.password --reveal

    Exit codes: 2 there is no such name, or your key cannot decrypt it; 5 the file was tampered with.
    """
    address, path = _find(context, environment, name)
    told = {"name": str(address), "file": str(path), "revealed": reveal}
    if not reveal:
        context.output.document(told)
        context.output.done(f"{address} is in {shown(context, path)}: ********", then="--reveal shows it")
        return
    value = _value(context, path, address)
    context.output.document({**told, "value": value})
    context.output.say(value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False))


def _find(context: Context, environment: str, name: str) -> "tuple[Address, Path]":
    from airside.base.suggestions import suggestion
    from airside.secrets.outline import outline_of
    from airside.secrets.writing.address import parse_address

    known: list[str] = []
    for layer in dict.fromkeys((environment, BASE)):
        path = document_path(context, layer)
        if (outline := outline_of(path)) is None:
            continue
        address = parse_address(name, {found for section, found in outline.entries if section == "connections"})
        if (address.section, address.name) in outline.entries:
            return address, path
        known += [".".join(entry) for entry in outline.entries]
    parse_address(name)
    raise UsageError(
        f"{environment} has no {name}{suggestion(name, known)}", hint=f"airside secrets list {environment}"
    )


def _value(context: Context, path: "Path", address: "Address") -> Any:  # noqa: ANN401 - any JSON
    found: Any = values(required(path), what=path.name)
    for part in address.path:
        if not isinstance(found, dict) or part not in found:
            raise UsageError(f"{shown(context, path)} has no {address}")
        found = found[part]
    return found
