"""`airside secrets get`."""

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from airside.base.errors import UsageError
from airside.cli.context import Context
from airside.cli.secret_files import BASE, document_path, no_secrets, required, shown, values
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
    if not context.output.as_json:
        # As it is: a console would make spaces of its tabs, and leave control characters out.
        text = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
        sys.stdout.write(f"{text}\n")


def _find(context: Context, environment: str, name: str) -> "tuple[Address, Path]":
    from airside.base.suggestions import suggestion
    from airside.secrets.outline import outline_of
    from airside.secrets.writing.address import parse_address

    wanted = parse_address(name)
    known: list[str] = []
    missing = True
    for layer in dict.fromkeys((environment, BASE)):
        path = document_path(context, layer)
        if (outline := outline_of(path)) is None:
            continue
        missing = False
        names = [found for section, found in outline.entries if section == wanted.section]
        address = parse_address(name, names)
        if outline.has(address.path):
            return address, path
        if outline.has(address.path[:2]):
            fields = outline.entries[address.section, address.name]
            raise UsageError(f"{shown(context, path)} has no {address}", hint=_fields(address, fields))
        known += names
        known += [f"{found}.{field}" for (_, found), entry in outline.entries.items() for field in _keys(entry)]
    if missing:
        raise no_secrets(environment)
    raise UsageError(
        f"{environment} has no {name}{suggestion(wanted.name, known)}", hint=f"airside secrets list {environment}"
    )


def _keys(entry: object) -> list[str]:
    return list(entry) if isinstance(entry, dict) else []


def _fields(address: "Address", entry: object) -> str:
    if not (fields := _keys(entry)):
        return f"connections.{address.name} is a URI and has no fields: ask for all of it."
    return f"connections.{address.name} has {', '.join(fields)}"


def _value(context: Context, path: "Path", address: "Address") -> Any:  # noqa: ANN401 - any JSON
    found: Any = values(required(path), what=path.name)
    for part in address.path:
        if not isinstance(found, dict) or part not in found:
            raise UsageError(f"{shown(context, path)} has no {address}")
        found = found[part]
    return found
