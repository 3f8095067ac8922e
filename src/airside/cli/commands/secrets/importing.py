"""`airside secrets import`."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from airside.base.errors import FindingsError, RefusedError, UsageError
from airside.cli.context import Context
from airside.cli.secret_files import Desk, counted, desk, document_path, shown, values
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
        in_clear, found = _read(at, files, kind)
        wanted = _merged(found)
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
            "layouts": {file: one.layout for file, one in found.items()},
            "names": actions,
            "left_out": {file: one.left_out for file, one in found.items()},
        }
    )
    _tell(context, found, actions)
    if dry_run:
        again = ["airside", "secrets", "import", environment, *files, *(("--kind", kind) if kind else ())]
        context.output.done("Nothing was changed", then=shlex.join([*again, *(["--replace"] if changing else ())]))
        return
    _tell_next(context, environment, len(actions), in_clear, changed=changed)


def _read(at: Desk, files: tuple[str, ...], kind: "Kind | None") -> "tuple[list[str], dict[str, Found]]":
    """Return which of `files` are in clear, and what each holds."""
    from airside.secrets.importing.layouts import read_file

    in_clear: list[str] = []
    found: dict[str, Found] = {}
    for file in dict.fromkeys(files):
        name = _named(file)
        data = _data(file)
        text = _text(data, name)
        if _is_sealed(data, text, name):
            text = at.sops.decrypt(data, what=name).decode()
        elif file != "-":
            in_clear.append(file)
        found[file] = read_file(text, what=name, kind=kind)
    return in_clear, found


def _named(file: str) -> str:
    return "standard input" if file == "-" else file


def _data(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{name} is not UTF-8 text") from None


def _is_sealed(data: bytes, text: str, name: str) -> bool:
    from airside.secrets.outline import read_outline

    if not ("\nsops:" in text or '"sops"' in text):
        return False
    try:
        return read_outline(data, what=name).metadata is not None
    except FindingsError:
        return True  # its sections are those of another layout


def _merged(found: "dict[str, Found]") -> dict[tuple[str, str], Any]:
    wanted: dict[tuple[str, str], Any] = {}
    for file, one in found.items():
        here = {("connections", name): value for name, value in one.connections.items()}
        here |= {("variables", name): value for name, value in one.variables.items()}
        twice = [".".join(key) for key in here if key in wanted and wanted[key] != here[key]]
        if twice:
            raise FindingsError(
                f"{_named(file)}: another file has other values of {', '.join(twice)}",
                hint="Import one of them, and then the other with --replace.",
            )
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


def _tell(context: Context, found: "dict[str, Found]", actions: dict[str, str]) -> None:
    for file, one in found.items():
        context.output.progress(f"{_named(file)}: {one.layout}")
        if one.left_out:
            context.output.progress(f"  left out: {', '.join(one.left_out)}")
    signs = {"added": "+", "changed": "~", "same": "="}
    for name, action in actions.items():
        context.output.say(f"{signs[action]} {name}")


def _tell_next(context: Context, environment: str, count: int, in_clear: list[str], *, changed: bool) -> None:
    if changed:
        done = f"{environment} has {counted(count, 'name')} of the import"
        context.output.done(done, then=f"airside secrets diff {environment}")
    else:
        context.output.done(f"Nothing to do: {environment} has these secrets already")
    if in_clear:
        context.output.say(f"  Delete what holds them in clear: rm {shlex.join(in_clear)}", style="yellow")
        context.output.say("  If git has ever had it, everybody who has the repository knows these secrets.")
