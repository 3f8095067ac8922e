"""The stand-ins of a run, as expectations ask for them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol, TypeVar, cast

from airside.base.errors import UsageError
from airside.base.suggestions import suggestion
from airside.testing.outcome import RunOutcome
from airside.testing.standins.port import Running

T = TypeVar("T")


class Came(Protocol):
    """What came of a run: `airside.testing.results.run.Run`."""

    outcome: RunOutcome

    @property
    def running(self) -> Mapping[str, Running]:
        """The stand-ins, by connection id."""

    def saw(self, connection: str) -> None:
        """Note that what stands behind a connection was looked at."""

    def verify(self, task_ids: Iterable[str]) -> None:
        """Note that what these tasks did was looked at."""


def reach(came: Came, connection: str, kind: Callable[..., T]) -> T:
    """Return the stand-in of a connection, as one that has what is asked for.

    Raises:
        UsageError: There is none, or it is of another kind.
    """
    running = came.running.get(connection)
    if running is None:
        near = suggestion(connection, came.running)
        raise UsageError(f"No stand-in is given for the connection {connection!r}{near}")
    protocol = cast("type[T]", kind)  # mypy takes no protocol as a `type[T]`, only as what makes a T
    if not isinstance(running, protocol):
        word = protocol.__name__.removeprefix("Has").lower()
        raise UsageError(f"What stands in for the connection {connection!r} has no {word}")
    came.saw(connection)
    return running


def split(name: str, separator: str, connections: Iterable[str]) -> tuple[str, str]:
    """Return the connection that `name` begins with, and the rest: ids of connections may have dots in them."""
    fitting = [each for each in connections if name.startswith(f"{each}{separator}")]
    connection = max(fitting, key=len, default=name.partition(separator)[0])
    return connection, name[len(connection) + len(separator) :]
