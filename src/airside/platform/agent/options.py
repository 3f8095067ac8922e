"""What an agent is asked for."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from airside.base.errors import UsageError

_MAX_PORT = 65535


@dataclass(frozen=True, slots=True)
class Options:
    """How an agent behaves.

    Attributes:
        interval: Seconds between two looks at the environment.
        stale_after: Seconds without a word from the store after which what is served is called stale.
        max_failures: Failures in a row that are borne; None bears all.
        keep: How many versions stay on disk beside the current one.
        grace: Seconds that a version stays at least after another one took its place.
        hook: A command to run after a change, as an argument list; empty for none.
        hook_timeout: Seconds after which that command is ended.
    """

    interval: float = 10.0
    stale_after: float = 120.0
    max_failures: int | None = None
    keep: int = 2
    grace: float = 300.0
    hook: Sequence[str] = ()
    hook_timeout: float = 30.0


@dataclass(frozen=True, slots=True)
class Listen:
    """Where an agent answers HTTP, and whom it lets ask for a refresh.

    Attributes:
        host: An address or name of this machine.
        port: 0 takes a free one.
        token_file: Holds the token that a refresh needs; None demands none, and then only the loopback may ask.
    """

    host: str
    port: int
    token_file: Path | None = None

    @classmethod
    def parse(cls, text: str, token_file: Path | None) -> Self:
        """Return what ``127.0.0.1:8086`` or ``[::1]:8086`` says.

        Raises:
            UsageError: It is not of that form.
        """
        host, colon, port = text.rpartition(":")
        if not colon or not host or not port.isdecimal() or int(port) > _MAX_PORT:
            raise UsageError(f"{text!r} is not an address to listen on", hint="Give host and port: 127.0.0.1:8086")
        return cls(host.removeprefix("[").removesuffix("]"), int(port), token_file)

    @property
    def is_loopback(self) -> bool:
        """Whether nobody beyond this machine can reach it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"
