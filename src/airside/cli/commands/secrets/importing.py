"""`airside secrets import`."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from airside.base.errors import FindingsError, RefusedError, UsageError
from airside.cli.context import Context
from airside.cli.secret_files import Desk, desk, document_path, shown, values
from airside.cli.verb import verb

if TYPE_CHECKING:
    from airside.secrets.importing.found import Found
    from airside.secrets.importing.layouts import Kind


@verb
@click.argument("environment", metavar="ENV|base")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--replace", is_flag=True, help="Replace what is there already with another value.")
@click.option("--kind", type=click.Choice(["connections", "variables"]), help="What the files hold, if asked.")
@click.option("--dry-run", is_flag=True, help="Show what would come, and change nothing.")
def command(
    context: Context, environment: str, files: tuple[str, ...], *, replace: bool, kind: "Kind | None", dry_run: bool
) -> None:
    r"""Take connections and variables over from files of other tools.

    The layout is told by the content: Helm values (airflow: connections, variables), `airflow connections export` and
    `airflow variables export` as JSON, YAML or env, .env files with AIRFLOW_CONN_ and AIRFLOW_VAR_, astro's
    airflow_settings.yaml; also encrypted with sops. `-` is standard input. What comes is shown by name.

    \b
    airside secrets import preprod values.yaml
    airflow connections export - --file-format json | airside secrets import dev -
    airside secrets import dev .env --replace

    Exit codes: 1 a file cannot be read, by name; 2 no such file or environment; 3 it would replace other values.
    """
    path = document_path(context, environment)
    with desk(context) as at:
        texts = [_text(at, file) for file in files]
        found = [_found(text, file, kind) for (text, _), file in zip(texts, files, strict=True)]
        wanted = _merged(files, found)
        actions = _actions(path, wanted)
        changing = [name for name, action in actions.items() if action == "changed"]
        if changing and not (replace or dry_run):
            raise RefusedError(
                f"{shown(context, path)} has other values of {', '.join(changing)}",
                hint="To take those of the files: --replace. Nothing was changed.",
            )
        changed = not dry_run and at.rewrite(path, _changes(wanted))
    context.output.document(
        {
            "file": str(path),
            "changed": changed,
            "layouts": dict(zip(files, (one.layout for one in found), strict=True)),
            "names": actions,
            "left_out": {file: one.left_out for file, one in zip(files, found, strict=True)},
        }
    )
    _tell(context, environment, files, found, actions, dry_run=dry_run)


def _found(at: Desk, file: str, kind: "Kind | None") -> "Found":
    from airside.secrets.importing.layouts import read_file
    from airside.secrets.outline import read_outline

    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise UsageError(f"{file} is not UTF-8 text") from None
    if "\nsops:" in text or '"sops"' in text:
        try:
            is_sealed = read_outline(data, what=file).metadata is not None
        except FindingsError:
            is_sealed = True  # its sections are those of another layout
        text = at.sops.decrypt(data, what=file).decode() if is_sealed else text
    return read_file(text, what=file, kind=kind)


def _merged(files: tuple[str, ...], found: "list[Found]") -> dict[tuple[str, str], Any]:
    wanted: dict[tuple[str, str], Any] = {}
    for file, one in zip(files, found, strict=True):
        here = {("connections", name): value for name, value in one.connections.items()}
        here |= {("variables", name): value for name, value in one.variables.items()}
        twice = [".".join(key) for key in here if key in wanted and wanted[key] != here[key]]
        if twice:
            raise FindingsError(f"{file}: another file has other values of {', '.join(twice)}", hint="Import one file.")
        wanted |= here
    return wanted


def _actions(path: Path, wanted: dict[tuple[str, str], Any]) -> dict[str, str]:
    from airside.secrets.comparing import entries_of
    from airside.secrets.writing.saving import read

    there = entries_of(values(data, what=path.name)) if (data := read(path)) is not None else {}
    words = {True: "same", False: "changed"}
    return {".".join(key): words[there[key] == value] if key in there else "added" for key, value in wanted.items()}


def _changes(wanted: dict[tuple[str, str], Any]) -> dict[str, Any]:
    from airside.secrets.writing.text import Within

    sections = {section: {name: value for (s, name), value in wanted.items() if s == section} for section, _ in wanted}
    return {section: Within(names) for section, names in sections.items()}


def _tell(
    context: Context,
    environment: str,
    files: tuple[str, ...],
    found: "list[Found]",
    actions: dict[str, str],
    *,
    dry_run: bool,
) -> None:
    for file, one in zip(files, found, strict=True):
        context.output.progress(f"{file}: {one.layout}")
        if one.left_out:
            context.output.progress(f"  left out: {', '.join(one.left_out)}")
    signs = {"added": "+", "changed": "~", "same": "="}
    for name, action in actions.items():
        context.output.say(f"{signs[action]} {name}")
    plain = [file for file in files if file != "-"]
    if dry_run:
        context.output.done("Nothing was changed", then=f"airside secrets import {environment} {' '.join(files)}")
        return
    context.output.done(f"{len(actions)} names are in {environment}", then=f"airside secrets diff {environment}")
    if plain:
        context.output.say(f"  Delete what holds them in clear: rm {' '.join(plain)}", style="yellow")
        context.output.say("  If git has ever had it, everybody who has the repository knows these secrets.")
