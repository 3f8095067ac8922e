"""`airside shell [-- COMMAND …]`."""

import shutil
import subprocess

import click

from airside.base.errors import UsageError
from airside.cli import environ
from airside.cli.context import Context
from airside.cli.running import require_running
from airside.cli.verb import verb
from airside.platform.airflow_config import process_environ


@verb
@click.argument("words", nargs=-1, metavar="[-- COMMAND ...]")
def command(context: Context, words: tuple[str, ...]) -> None:
    r"""Open a shell, or run a command, in the environment of the local Airflow.

    `airflow`, `python` and every package of the workspace are on the path, and the connections to its databases are
    set.

    \b
    airside shell
    airside shell -- airflow dags list

    Exit codes: that of the command; 1 no Airflow runs.
    """
    variables = process_environ(require_running(context).description.environ)
    command_line = list(words) or [environ.shell(variables)]
    program = shutil.which(command_line[0], path=variables["PATH"])
    if program is None:
        raise UsageError(f"There is no program {command_line[0]!r} in the environment of {context.workspace.root}")
    done = subprocess.run([program, *command_line[1:]], cwd=context.workspace.root, env=variables, check=False)
    # As shells tell it: a command that was killed by a signal ends with 128 and the signal's number.
    raise click.exceptions.Exit(done.returncode if done.returncode >= 0 else 128 - done.returncode)
