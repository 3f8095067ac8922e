"""The stand-in `s3`."""

from typing import TYPE_CHECKING, Final

import msgspec

from airside.base.errors import UsageError
from airside.testing.standins.contents import Contents, content
from airside.testing.standins.naming import folder_of
from airside.testing.standins.options import Options
from airside.testing.standins.port import Running, Surroundings
from airside.testing.standins.requirements import part

if TYPE_CHECKING:
    from airside.testing.standins.buckets.server import RunningS3, S3Server

_PACKAGES: Final = {"moto": "moto[s3]", "flask": "flask", "flask_cors": "flask-cors"}


class S3(Options, frozen=True, kw_only=True):
    """An object store that speaks S3; the options are those of `airside.testing.s3`."""

    buckets: list[str] = msgspec.field(default_factory=list)
    objects: Contents = msgspec.field(default_factory=dict)

    def start(self, name: str, surroundings: Surroundings) -> Running:
        """Fill the server of the session.

        Raises:
            UsageError: What is given cannot be read, a name is none that S3 takes, or a package is missing.
            PlatformError: The server does not start.
        """
        folder = folder_of(self.folder, surroundings)
        objects = {_path(path): content(f"{path} of {name}", each, folder) for path, each in self.objects.items()}
        module = part("airside.testing.standins.buckets.server", "s3", _PACKAGES)
        server: S3Server = surroundings.servers.shared(module.S3Server)
        server.fill([*self.buckets, *(bucket for bucket, _ in objects)], objects)
        running: RunningS3 = module.RunningS3(server)
        return self.extended(running)


def _path(path: str) -> tuple[str, str]:
    bucket, _, key = path.removeprefix("s3://").partition("/")
    if not bucket or not key:
        raise UsageError(f"{path!r} is no object", hint="An object is called bucket/key.")
    return bucket, key
