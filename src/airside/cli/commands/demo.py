"""`airside demo`."""

from pathlib import Path

import click

from airside.base.children import inherited
from airside.cli.context import Context
from airside.cli.demo.journey import Journey
from airside.cli.demo.remains import clear, stop
from airside.cli.demo.stage import Stage
from airside.cli.verb import verb
from airside.platform.local import find
from airside.workspace.workspace import open_workspace


@verb
@click.argument("target", type=click.Path(path_type=Path), default="airside-demo", metavar="[DIR]")
@click.option("--keep", is_flag=True, help="Leave Airflow running and the workspace in place.")
@click.option("--port", type=click.IntRange(1, 65535), help="Where the web server listens, if it is free.")
def command(context: Context, target: Path, *, keep: bool, port: int | None) -> None:
    r"""Show the whole journey on this machine, every step verified.

    Makes a workspace with a workflow over the flights that left New York in 2013, starts a real Airflow with a
    real Postgres, deploys, runs, verifies the rows, changes a line, deploys again and rolls back. Then everything is
    stopped and removed, but for the Python environment in DIR, which the next demonstration uses.

    \b
    airside demo
    airside demo --keep    then open the URL that it prints: user airflow, password airflow

    Exit codes: 0 only if every step was verified; 1 otherwise.
    """
    folder = target.resolve()
    clear(folder)
    variables = inherited(AIRSIDE_ACTOR="demo")
    variables.pop("AIRSIDE_WORKSPACE", None)
    stage = Stage(folder, context.output, variables)
    try:
        Journey(stage, port).play()
        url = _url(folder)
    except BaseException:  # an interrupt too; the folder is left to be looked at
        stop(folder)
        raise
    if not keep:
        clear(folder)
    _tell(context, stage, url, keep=keep)


def _url(folder: Path) -> str:
    platform = find(open_workspace(folder))
    return platform.url if platform else ""


def _tell(context: Context, stage: Stage, url: str, *, keep: bool) -> None:
    total = sum(seconds for _, seconds, _ in stage.times)
    rows = [(title, f"{seconds:.1f} s", seen) for title, seconds, seen in stage.times]
    context.output.table(("step", "time", "seen"), [*rows, ("all verified", f"{total:.1f} s", "")])
    context.output.document(
        {
            "url": url if keep else None,
            "seconds": round(total, 1),
            "steps": [
                {"step": title, "seconds": round(seconds, 1), "seen": seen} for title, seconds, seen in stage.times
            ],
        }
    )
    if keep:
        context.output.done(f"Airflow runs at {url} (user airflow, password airflow)", then=f"cd {stage.folder}")
    else:
        context.output.done("Every step was verified", then="airside init sales-flows")
