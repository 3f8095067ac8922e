"""`airside image build`."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from airside.base.errors import UsageError
from airside.cli.context import Context
from airside.cli.verb import verb

if TYPE_CHECKING:
    from airside.render.subject import Subject

_TARGET = "image"


@verb
@click.option("--push", is_flag=True, help="Push it to the registry that image.name of airside.toml names.")
@click.option("--with", "program", type=click.Choice(["docker", "podman"]), help="By default docker, else podman.")
@click.option("--tag", metavar="TAG", help="By default the first letters of the digest of requirements.lock.")
def command(context: Context, program: str | None, tag: str | None, *, push: bool) -> None:
    r"""Build the image of the platform, and push it.

    Its context is made in a temporary folder: requirements.lock, the Containerfile with your overlay, and a wheel of
    Airside where yours is not a published one. What has not changed is not built again.

    \b
    airside image build
    airside image build --push
    airside image build --tag 2026-11-22 --with podman

    Exit codes: 1 the build failed, the registry denied it, or docker does not run; 2 there is neither docker nor
    podman, no requirements.lock, or no name to push to.
    """
    from airside.cli.rendering import subject_of
    from airside.platform.images import find_builder
    from airside.render.image.naming import image_name, image_tag

    subject = subject_of(context, _TARGET, ())
    name = image_name(subject.settings)
    if push and subject.settings.image.name is None:
        raise UsageError(
            "airside.toml does not say which registry the image belongs to",
            hint='Add name = "registry.example.com/team/airflow" under [image].',
        )
    reference = f"{name}:{_checked(tag) if tag else image_tag(subject.lock)}"
    with tempfile.TemporaryDirectory(prefix="airside-image-") as folder:
        containerfile = _prepare(context, subject, Path(folder))
        builder = find_builder(program)
        context.output.progress(f"Building {reference} with {builder.program}")
        made = builder.build(Path(folder), containerfile, reference, context.output.detail)
    if push:
        context.output.progress(f"Pushing {reference}")
        builder.push(reference, context.output.detail)
    context.output.document({"image": reference, "id": made, "lock": subject.lock, "pushed": push})
    then = "airside render compose" if push or subject.settings.image.name is None else "airside image build --push"
    context.output.done(f"{reference} is {'pushed' if push else 'built'}", then=then)


def _prepare(context: Context, subject: "Subject", folder: Path) -> str:
    """Make the context of the build in `folder`, and return the name of the Containerfile."""
    import shutil

    from airside.cli.rendering import rendered_files
    from airside.platform.lockfile import LOCK_FILE, lock_path
    from airside.platform.own_wheel import put_own_wheel
    from airside.render.image.containerfile import CONTAINERFILE, render

    for file in rendered_files(context, subject, render):
        (folder / file.path).write_bytes(file.data)
    shutil.copyfile(lock_path(context.workspace), folder / LOCK_FILE)
    if subject.airside.wheel:
        put_own_wheel(folder / "wheels")
    return CONTAINERFILE


def _checked(tag: str) -> str:
    import re

    if re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", tag) is None:
        raise UsageError(
            f"{tag!r} cannot be the tag of an image", hint="Letters, digits, '_', '.' and '-', at most 128 of them."
        )
    return tag
