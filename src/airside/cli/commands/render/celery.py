"""`airside render celery`."""

from pathlib import Path

from airside.cli.context import Context
from airside.cli.rendering import Asked, Target, render_options, render_target
from airside.cli.verb import verb

_TARGET = Target("celery", "deploy/celery")


@verb
@render_options
def command(context: Context, *, environments: tuple[str, ...], out: Path | None, check: bool, force: bool) -> None:
    r"""Write the platform for machines of your own, with workers of Celery.

    One control host runs Airflow's own processes, any number of machines run workers: as systemd units, under an
    account of their own. Bring the folder and requirements.lock to each machine, and run install.sh there.
    `[celery]` of airside.toml says where Airflow is found, and which workers take which queues.

    \b
    airside render celery --env production
    airside render celery --env production --check     in CI: is it as airside.toml has it?

    Exit codes: 1 with --check: files differ; 2 the settings do not fit; 3 a file there is not Airside's, or was edited.
    """
    from airside.render.celery import render

    then = "sudo {folder}/install.sh control, on the control host; sudo {folder}/install.sh worker, on the others"
    render_target(context, _TARGET, render, Asked(environments, out, check, force), then=then)
