"""`airside render helm`: the platform on Kubernetes."""

from functools import partial
from pathlib import Path

import click

from airside.cli.context import Context
from airside.cli.rendering import Asked, Target, render_options, render_target
from airside.cli.verb import verb

TARGET = Target("helm", "deploy/helm")
_SOURCES = ("release", "git-sync", "git-bundle")


@verb
@click.option(
    "--dag-source",
    "source",
    type=click.Choice(_SOURCES),
    default=_SOURCES[0],
    show_default=True,
    help="Where the cluster has DAG files from: releases, or the repository of [helm.git].",
)
@render_options
def command(
    context: Context, source: str, environments: tuple[str, ...], out: Path | None, *, check: bool, force: bool
) -> None:
    r"""Write values of the official chart of Airflow, and the commands around it.

    The folder has values.yaml, the template of the pods of tasks, and scripts: secrets.sh makes the secrets that are
    missing, deploy.sh installs or upgrades, create-admin.sh makes the first user. No secret is in them.

    \b
    airside render helm --env production
    airside render helm --env production --check
    airside render helm --dag-source git-sync
    """
    from airside.render.helm import DagSource, render

    chosen = DagSource(source)
    options = () if chosen is DagSource.RELEASE else (f"--dag-source {source}",)
    asked = Asked(environments, out, check=check, force=force, options=options)
    render_target(context, TARGET, partial(render, source=chosen), asked, then="{folder}/secrets.sh")
