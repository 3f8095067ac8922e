"""`airside render clevercloud`."""

from pathlib import Path

from airside.cli.context import Context
from airside.cli.rendering import Asked, Target, render_options, render_target
from airside.cli.verb import verb

TARGET = Target("clevercloud", "deploy/clevercloud")


@verb
@render_options
def command(context: Context, environments: tuple[str, ...], *, out: Path | None, check: bool, force: bool) -> None:
    r"""Write the platform for Clever Cloud: Docker apps, a database, buckets.

    One app has the api-server; the other scheduler, DAG processor and triggerer. With Celery, a third one has workers.
    The scripts beside them make apps and add-ons, set variables and secrets, and deploy.

    \b
    airside render clevercloud --env production
    airside render clevercloud --env production --check

    Exit codes: 1 with --check: files differ; 2 the settings do not fit; 3 a file was edited by hand.
    """
    from airside.render.clevercloud.rendering import render

    asked = Asked(environments, out, check, force)
    render_target(context, TARGET, render, asked, then="{folder}/create.sh, once; then {folder}/deploy.sh")
