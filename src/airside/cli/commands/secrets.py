"""`airside secrets edit ENV` and `airside secrets apply ENV`."""

import sys
from pathlib import Path

import click

from airside.base.errors import PlatformError
from airside.base.names import bundle_name
from airside.cli import environ
from airside.cli.context import Context
from airside.cli.verb import verb
from airside.platform.local import find
from airside.secrets.keys import ensure_key, key_file
from airside.secrets.sops import Sops, find_sops

MEMORY = Path("/dev/shm")  # noqa: S108 - only its presence is asked; sops makes a private folder in it


@click.group("secrets", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    r"""Edit encrypted connections and variables, and load them.

    Each environment has one file, secrets/ENV.yaml, encrypted with SOPS: it belongs in git. The key that decrypts it
    is in your own configuration folder.
    """


@verb
@click.argument("environment", metavar="ENV")
def edit(context: Context, environment: str) -> None:
    r"""Open your editor on the decrypted secrets of an environment.

    The file is made with an example where it is missing, and encrypted again when you save and close.

    \b
    airside secrets edit production
    EDITOR="code --wait" airside secrets edit dev

    Exit codes: 1 what you saved is not of the right shape; 2 your key cannot decrypt the file.
    """
    path, sops = _document(context, environment)
    is_new = not path.exists()
    if is_new:
        sops.create(path)
    changed = sops.edit(path)
    if is_new and not changed:
        path.unlink()
        context.output.done("Nothing was saved")
        return
    document = sops.read(path)
    context.output.document({"file": str(path), "changed": changed, "names": document.names})
    shown = path.relative_to(context.workspace.root)
    context.output.done(
        f"{shown} is encrypted and holds {len(document.names)} names" if changed else f"{shown} is as it was",
        then=f"git add {shown}; airside secrets apply {environment}",
    )


@verb
@click.argument("environment", metavar="ENV")
def apply(context: Context, environment: str) -> None:
    r"""Bring the secrets of an environment into the Airflow of this workspace.

    Connections and variables of the same name are replaced; others stay.

    \b
    airside secrets apply dev

    Exit codes: 1 Airflow does not run; 2 there is no file, or your key cannot decrypt it.
    """
    path, sops = _document(context, environment)
    document = sops.read(path)
    platform = find(context.workspace)
    if platform is None:
        raise PlatformError("The Airflow of this workspace does not run", hint="Start it: airside up --detach")
    client = platform.client()
    for connection in document.connections:
        client.put_connection(connection)
    for key, value in document.variables.items():
        client.put_variable(key, value)
    context.output.document({"environment": environment, "names": document.names})
    context.output.done(f"Airflow has {len(document.connections)} connections and {len(document.variables)} variables")


def _document(context: Context, environment: str) -> tuple[Path, Sops]:
    context.workspace.settings.environment(environment)
    variables = environ.variables()
    program = find_sops(Path(sys.executable).parent, variables.get("PATH"))
    key = Path(variables.get("SOPS_AGE_KEY_FILE") or key_file(environ.configuration_folder(variables)))
    if not key.exists():
        context.output.progress(f"Making your key: {key}. Keep a copy; without it nothing can be decrypted.")
    child = {
        "SOPS_AGE_KEY_FILE": str(key),
        "SOPS_DISABLE_VERSION_CHECK": "1",
        "EDITOR": environ.editor(variables),
        # The decrypted text that the editor is opened on stays in memory.
        "TMPDIR": str(MEMORY) if MEMORY.is_dir() else variables.get("TMPDIR", ""),
    }
    path = context.workspace.root / "secrets" / f"{bundle_name(environment)}.yaml"
    return path, Sops(program=program, environment=variables | child, public_key=ensure_key(key))


command.add_command(edit, "edit")
command.add_command(apply, "apply")
