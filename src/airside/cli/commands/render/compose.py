"""`airside render compose`."""

from pathlib import Path

from airside.cli.context import Context
from airside.cli.rendering import Asked, Target, render_options, render_target
from airside.cli.verb import verb

_TARGET = Target("compose", "deploy/compose")


@verb
@render_options
def command(context: Context, *, environments: tuple[str, ...], out: Path | None, check: bool, force: bool) -> None:
    r"""Write the platform in containers on one machine, for docker compose.

    Postgres and each component of Airflow, with workers of Celery where `[compose]` of airside.toml says so. Without
    --env it is for development: it serves the folders of the workspace, as they are at the moment. secrets.sh makes the
    secrets, in files that git leaves out.

    \b
    airside render compose                       the working tree, live, at localhost:8080
    airside render compose --env production      the releases of an environment
    airside render compose --env production --check

    Exit codes: 1 with --check: files differ; 2 the settings do not fit; 3 a file there is not Airside's, or was edited.
    """
    from airside.render.compose import render

    render_target(context, _TARGET, render, Asked(environments, out, check, force), then="{folder}/operate.sh start")
