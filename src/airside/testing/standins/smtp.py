"""The stand-in `smtp`."""

from typing import TYPE_CHECKING, Final

import msgspec

from airside.testing.standins.options import Options
from airside.testing.standins.port import Running, Surroundings
from airside.testing.standins.requirements import part

if TYPE_CHECKING:
    from airside.testing.standins.mail.office import Office, RunningSmtp

_PACKAGES: Final = {"aiosmtpd": "aiosmtpd"}


class Smtp(Options, frozen=True, kw_only=True):
    """A mail server; the options are those of `airside.testing.smtp`."""

    refuse: list[str] = msgspec.field(default_factory=list)

    def start(self, name: str, surroundings: Surroundings) -> Running:  # noqa: ARG002 - the port's
        """Open a mailbox.

        Raises:
            UsageError: The package is missing.
            PlatformError: The server does not start.
        """
        module = part("airside.testing.standins.mail.office", "smtp", _PACKAGES)
        office: Office = surroundings.servers.shared(module.Office)
        running: RunningSmtp = module.RunningSmtp(office, frozenset(self.refuse))
        return self.extended(running)
