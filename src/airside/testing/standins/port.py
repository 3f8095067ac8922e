"""What a stand-in is: what a test gives for a connection, and what that becomes when the test runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a stand-in starts.

    Attributes:
        folder: The folder that paths in the test are relative to: that of the test's file.
        scratch: An empty folder of this run.
        servers: What is shared by all tests of this process (`airside.testing.standins.servers.Servers`).
    """

    folder: Path
    scratch: Path
    servers: Any


@dataclass(frozen=True, slots=True)
class Reached:
    """How a workflow reaches it.

    Attributes:
        connection: Fields of a connection, as in `Given.connections`.
        environment: Environment variables that lead there too.
    """

    connection: Mapping[str, Any]
    environment: Mapping[str, str] = field(default_factory=dict)


class Running(Protocol):
    """A stand-in of one test."""

    @property
    def reached(self) -> Reached:
        """How a workflow reaches it."""

    def close(self) -> None:
        """Take away what this test has left; a shared server goes on. Never raises for what a workflow did."""


class StandIn(Protocol):
    """What a test gives for a connection id: a value, without effects."""

    def start(self, name: str, surroundings: Surroundings) -> Running:
        """Start it, clean, under the connection id `name`.

        Raises:
            UsageError: A file is not there, a table or an option is not understood, a package is missing.
            PlatformError: The server did not start.
        """
