"""`airside init DIR`."""

import re
import shlex
import sys
from importlib import metadata
from pathlib import Path

import click

from airside.base.errors import FindingsError, UsageError
from airside.base.names import NAME_RULE, is_name
from airside.cli.context import Context
from airside.cli.verb import verb
from airside.workspace.git import is_in_repository, make_repository
from airside.workspace.templating import make_workspace, update_workspace


@verb
@click.argument("target", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--template", default="default", show_default=True, metavar="T", help="A built-in template, a folder or a git URL."
)
@click.option("--name", metavar="NAME", help="The name of the workspace; otherwise that of the folder.")
@click.option("--update", is_flag=True, help="Bring what changed in the template to the workspace in DIR.")
def command(context: Context, target: Path, *, template: str, name: str | None, update: bool) -> None:
    r"""Make a workspace from a template.

    DIR is missing or empty. It becomes a git repository unless it is in one; nothing is committed.

    \b
    airside init sales-flows
    airside init sales-flows --template https://git.example.com/team/template.git
    airside init . --update        bring later changes of the template; your edits stay

    Exit codes: 1 the update left conflicts to resolve; 2 DIR is not empty, or there is no such template;
    3 `--update` with uncommitted changes.
    """
    version = metadata.version("airside")
    if update:
        _update(context, target, version)
        return
    root = target.resolve()
    name = name or _name_of(root)
    if not is_name(name):
        raise UsageError(f"{name!r} cannot name a workspace", hint=f"Choose one with --name: {NAME_RULE}.")
    # What was resolved here is what an image installs: the Python is part of the workspace, not of a machine.
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    make_workspace(root, template=template, name=name, version=version, python=python)
    if not is_in_repository(root):
        make_repository(root)
    context.output.document({"workspace": str(root), "name": name, "template": template})
    context.output.done(
        f"The workspace {name} is in {target}",
        then=f"cd {shlex.quote(str(target))} && git add . && git commit -m 'A workspace' && airside up",
    )


def _name_of(folder: Path) -> str:
    """Return the name of `folder` with what a name may not hold replaced."""
    return re.sub(r"[^a-z0-9]+", "-", folder.name.lower()).strip("-")[:63].rstrip("-")


def _update(context: Context, target: Path, version: str) -> None:
    conflicts = update_workspace(target.resolve(), version=version)
    if conflicts:
        raise FindingsError(
            f"The update is in {target}, with conflicts in {', '.join(conflicts)}",
            hint="Resolve them (git diff shows them), then git add and git commit.",
        )
    context.output.document({"workspace": str(target.resolve()), "conflicts": []})
    context.output.done(f"{target} has what its template has", then="git diff, then git commit")
