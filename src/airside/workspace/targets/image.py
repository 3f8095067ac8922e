"""What `[image]` of `airside.toml` may say: how the image of the platform is made, and what it is called."""

from typing import Annotated, Final

from pydantic import Field

from airside.workspace.fields import Section, expecting

DebianPackage = Annotated[
    str, expecting(r"[a-z0-9][a-z0-9+.-]+(=[A-Za-z0-9.+:~-]+)?", "the name of a Debian package, such as 'libpq5'")
]
_PART: Final = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_HOST: Final = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d+)?"
ImageName = Annotated[
    str,
    expecting(
        rf"(?:{_HOST}/)?{_PART}(?:/{_PART})*",
        "the name of an image without a tag, such as 'registry.example.com/team/airflow'",
    ),
]
Image = Annotated[
    str,
    expecting(
        rf"(?:{_HOST}/)?{_PART}(?:/{_PART})*(?::[A-Za-z0-9_][A-Za-z0-9._-]*)?(?:@sha256:[0-9a-f]{{64}})?",
        "an image, such as 'debian:bookworm-slim'",
    ),
]


class ImageSettings(Section):
    """``[image]``: how the image of the platform is made, and what it is called.

    Attributes:
        name: Its name in a registry, without a tag; None is one of this machine, which cannot be pushed.
        base: The image that it is made from; None is Apache Airflow's own for the version and the Python of
            ``[airflow]``. Another one has apt-get and the Python of the lock file.
        packages: Packages of Debian that it has beside those of its base.
    """

    name: ImageName | None = None
    base: Image | None = None
    packages: Annotated[tuple[DebianPackage, ...], Field(strict=False)] = ()
