"""What the image of the platform is called."""

from typing import Final

from airside.base.digest import Digest
from airside.render.subject import Subject
from airside.workspace.settings import Settings

_LETTERS: Final = 12


def image_name(settings: Settings) -> str:
    """Return its name without a tag: that of `[image]`, or one that is of this machine alone."""
    return settings.image.name or f"localhost/{_part(settings.workspace.name)}-airflow"


def image_tag(lock: Digest | None) -> str:
    """Return its tag, which says what is installed: the first letters of the digest of the lock file."""
    return lock.hex[:_LETTERS] if lock is not None else "latest"


def image_reference(subject: Subject) -> str:
    """Return its name and tag."""
    return f"{image_name(subject.settings)}:{image_tag(subject.lock)}"


def _part(name: str) -> str:
    # A name of a workspace may have ".-" within, that of an image may not.
    return "-".join(filter(None, name.replace(".", "-").replace("_", "-").split("-")))
