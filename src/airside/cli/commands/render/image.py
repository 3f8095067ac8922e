"""`airside render image`."""

from pathlib import Path

from airside.cli.context import Context
from airside.cli.rendering import Asked, Target, file_options, render_target
from airside.cli.verb import verb

TARGET = Target("image", "deploy/image")


@verb
@file_options
def command(context: Context, out: Path | None, *, check: bool, force: bool) -> None:
    r"""Write the Containerfile of the platform's image.

    Airflow, the packages of requirements.lock and Airside, and no workflows: releases bring those. [image] of
    airside.toml says what it is made from, and what it is called.

    \b
    airside render image
    airside render image --check

    Exit codes: 1 with --check, files differ; 2 the settings do not fit, or there is no requirements.lock; 3 a file was
    edited by hand.
    """
    from airside.render.image.containerfile import render

    asked = Asked(environments=(), out=out, check=check, force=force)
    render_target(context, TARGET, render, asked, then="airside image build")
