"""`airside secrets check`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from airside.base.errors import FindingsError
from airside.cli.context import Context
from airside.cli.secret_files import BASE, counted, document_path, documents, environments, keys, required, shown
from airside.cli.verb import verb

if TYPE_CHECKING:
    from airside.secrets.checking import Checked, Finding


@verb
@click.argument("environment", metavar="[ENV|base]", required=False)
def command(context: Context, environment: str | None) -> None:
    r"""Look whether the documents hold, and who can decrypt them.

    Each document: encrypted, no value in clear, no marks of a merge, its checksum, its shape, its recipients as
    .sops.yaml says, not ignored by git, for an environment that there is. What needs a key that you do not have is
    not checked, and said.

    \b
    airside secrets check
    airside secrets check production --json

    Exit codes: 1 something is wrong; 2 no such environment, or it has no document.
    """
    paths = [document_path(context, environment)] if environment else documents(context)
    checked = {path: _look(context, path, data) for path, data in _read(paths).items()}
    findings = [*_places(context, paths), *(found for one in checked.values() for found in one.findings)]
    unread = {shown(context, path): one.unread for path, one in checked.items() if one.unread}
    context.output.document(
        {
            "documents": [shown(context, path) for path in paths],
            "findings": [{"file": f.file, "message": f.message, "hint": f.hint} for f in findings],
            "not_checked": unread,
        }
    )
    for name, why in unread.items():
        context.output.say(f"{name}: the values were not checked: {why}", style="yellow")
    if findings:
        _fail(context, findings)
    context.output.done("1 document holds" if len(paths) == 1 else f"{len(paths)} documents hold")


def _read(paths: list[Path]) -> dict[Path, bytes]:
    return {path: required(path) for path in paths}


def _look(context: Context, path: Path, data: bytes) -> "Checked":
    from airside.secrets.checking import check_document
    from airside.secrets.recipients import read_rules

    return check_document(path, data, read_rules(context.workspace.root), keys())


def _places(context: Context, paths: list[Path]) -> "list[Finding]":
    from airside.base.names import bundle_name
    from airside.secrets.checking import Finding
    from airside.workspace.git import is_in_repository, open_repository

    declared = {BASE, *map(bundle_name, environments(context))}
    found = [
        Finding(path.name, "is for no environment that airside.toml declares", f"Rename it, or declare {path.stem}")
        for path in paths
        if path.stem not in declared
    ]
    if is_in_repository(context.workspace.root):
        seen = set(open_repository(context.workspace.root).working_files(["secrets"]))
        found += [
            Finding(
                path.name, "is ignored by git, so nobody else has it", f"git check-ignore -v {shown(context, path)}"
            )
            for path in paths
            if shown(context, path) not in seen
        ]
    return found


def _fail(context: Context, findings: "list[Finding]") -> None:
    for found in findings:
        context.output.say(f"✘ secrets/{found.file}: {found.message}", style="red")
        context.output.say(f"  {found.hint}")
    if context.output.as_json:
        raise click.exceptions.Exit(FindingsError.exit_code)
    raise FindingsError(f"{counted(len(findings), 'finding')} in the secrets")
