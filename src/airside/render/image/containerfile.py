"""The Containerfile."""

import re
from typing import Final

from airside.render.image.naming import image_name
from airside.render.refusing import missing_lock, refuse
from airside.render.rendered import RenderedFile
from airside.render.subject import Subject
from airside.render.templates import fill

CONTAINERFILE: Final = "Containerfile"
IGNORE_FILE: Final = "Containerfile.dockerignore"
UV: Final = "0.9.8"
"""What installs the packages in the image."""

_AIRFLOW: Final = "docker.io/apache/airflow"
"""With its registry: podman does not guess one."""

_OFFICIAL = re.compile(r"(?:[^@]*/)?apache/airflow(?:[:@].*)?")


def render(subject: Subject) -> tuple[RenderedFile, ...]:
    """Return the Containerfile of the platform's image, and what of its context is left out.

    The context is a folder with `requirements.lock`, such as the workspace; an Airside that is not published lies there
    in `wheels/`.

    Raises:
        WorkspaceError: The settings do not fit, or there is no lock file.
    """
    ignore = fill("image", "dockerignore.j2", header=subject.header(IGNORE_FILE), wheel=subject.airside.wheel)
    text = containerfile(subject, CONTAINERFILE, "`airside image build` prepares it")
    return RenderedFile(CONTAINERFILE, text), RenderedFile(IGNORE_FILE, ignore)


def containerfile(subject: Subject, path: str, context: str, *, entrypoint: bool = True) -> str:
    """Return the text of a Containerfile, to which a target may add lines.

    Args:
        subject: What is rendered.
        path: What the file is called among the rendered ones.
        context: Who makes the folder with `requirements.lock`, for people.
        entrypoint: Say what runs in it, where its base does not; otherwise the target does.

    Raises:
        WorkspaceError: The settings do not fit, or there is no lock file.
    """
    missing_lock(subject)
    refuse(_faults(subject))
    settings = subject.settings
    base = settings.image.base or f"{_AIRFLOW}:{settings.airflow.version}-python{settings.airflow.python}"
    official = _OFFICIAL.fullmatch(base) is not None
    return fill(
        "image",
        "Containerfile.j2",
        header=subject.header(path),
        context=context,
        entrypoint=entrypoint and not official,
        base=base,
        official=official,
        packages=_packages(subject, official=official),
        uv=UV,
        python=".".join((settings.airflow.python or "").split(".")[:2]),
        airflow=settings.airflow.version,
        airside=subject.airside,
        source="/tmp/wheels/airside-*.whl" if subject.airside.wheel else subject.airside.requirement,  # noqa: S108
        watched=bool(settings.alerts),
        lock=str(subject.lock),
        title=image_name(settings).rpartition("/")[2],
        workspace=settings.workspace.name,
    )


def _packages(subject: Subject, *, official: bool) -> list[str]:
    own = set() if official else {"ca-certificates", "curl", "dumb-init", "python3", "python3-venv"}
    # An image of Python's has that of the lock file in /usr/local; Debian's own would come in beside it.
    if not official and re.fullmatch(r"(?:[^@]*/)?python(?:[:@].*)?", subject.settings.image.base or ""):
        own -= {"python3", "python3-venv"}
    return sorted({*own, *subject.settings.image.packages})


def _faults(subject: Subject) -> list[str]:
    settings = subject.settings
    if settings.image.base is None and settings.airflow.python is None:
        return [
            'airflow.python: the image needs to know for which Python requirements.lock is, such as python = "3.12"'
        ]
    return []
