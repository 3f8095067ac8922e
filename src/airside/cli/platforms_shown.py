"""Of each environment, whether its Airflow has the packages of the release that it points to."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from airside.base.errors import AirsideError, FindingsError, IntegrityError, PlatformError, RefusedError, UsageError
from airside.cli.airflows import address_elsewhere, tracking_client
from airside.cli.context import Context
from airside.cli.platform_packages import asked_packages
from airside.delivery.environments import read_record
from airside.planning.platform_packages import PlatformPackages

if TYPE_CHECKING:
    from airside.base.digest import Digest
    from airside.release.pointer import Pointer
    from airside.release.record import Requirements

_SHOWN = 19
"""Characters of a digest that are shown."""


@dataclass(frozen=True, slots=True)
class PlatformShown:
    """The Airflow of an environment.

    Attributes:
        environment: Which environment.
        url: Where it is; None for the local one.
        packages: What it runs; None where it does not say.
        error: Why it did not answer; None where it did.
        release: The release that the environment points to; None before the first one.
        needed: What that was built for; None where that cannot be told.
    """

    environment: str
    url: str | None
    packages: PlatformPackages | None
    error: str | None
    release: str | None
    needed: "Requirements | None"

    @property
    def misfits(self) -> bool:
        """Whether the release was built for other packages."""
        return bool(self.packages and self.needed and self.packages.misfits(self.needed))

    @property
    def finding(self) -> AirsideError | None:
        """What is wrong: the release is not served. None where it is, be it with a warning."""
        if not (self.packages and self.needed and self.packages.refuses(self.needed)):
            return None
        hint = "Roll out the image of that lock file, or deploy a release for this one."
        return FindingsError(f"{self._said()}, and refuses it", hint=hint)

    @property
    def line(self) -> str | None:
        """What somebody should know and what is no finding."""
        if self.misfits and self.finding is None:
            return self._said()
        return f"The Airflow of {self.environment!r} was asked what it runs: {self.error}" if self.error else None

    def document(self) -> dict[str, object]:
        """Return the same for `--json`."""
        lock: Digest | None = self.needed.lock if self.needed else None
        said: dict[str, object] = asdict(self.packages) if self.packages else {"airflow": None, "lock": None}
        known = self.packages is not None and self.packages.lock is not None and lock is not None
        fits = self.packages.lock == lock if known and self.packages else None
        return {"url": self.url, **said, "needed": lock, "fits": fits, "error": self.error}

    def _said(self) -> str:
        there = str(self.packages.lock)[:_SHOWN] if self.packages else ""
        needed = str(self.needed.lock)[:_SHOWN] if self.needed else ""
        return (
            f"The Airflow of {self.environment!r} runs other Python packages ({there}) than release {self.release} was "
            f"built for ({needed})"
        )


def platform_shown(context: Context, environment: str, pointer: "Pointer | None") -> PlatformShown | None:
    """Return what the Airflow of `environment` runs; None where none is known here."""
    packages, error, url = None, None, address_elsewhere(context, environment)
    try:
        if (client := tracking_client(context, environment)) is None:
            return None
    except UsageError:  # whoever has no credentials does not ask
        return None
    try:
        packages = asked_packages(context, client, environment)
    except (PlatformError, UsageError) as failure:
        error = failure.message
    release = pointer.release if pointer else None
    return PlatformShown(environment, url, packages, error, release, _needed(context, release))


def _needed(context: Context, release: str | None) -> "Requirements | None":
    try:
        return read_record(context.store, release).requirements if release else None
    except (IntegrityError, RefusedError):  # `airside verify` tells
        return None
