"""What stands behind the connections of a run, after it."""

from collections.abc import Mapping
from typing import Any, Final

from airside.base.errors import UsageError
from airside.base.suggestions import suggestion
from airside.testing.results.looks import Looks
from airside.testing.results.tables import Table
from airside.testing.standins.port import Running
from airside.testing.standins.readings import HasFiles, HasMails, HasMessages, HasObjects, HasRequests, HasTables

_WORDS: Final[Mapping[type[Any], str]] = {
    HasTables: "tables",
    HasObjects: "objects",
    HasFiles: "files",
    HasRequests: "requests",
    HasMails: "mails",
    HasMessages: "messages",
}


class Behind:
    """The stand-ins of a run; each look at one is noted.

    Attributes:
        running: By connection id.
    """

    def __init__(self, running: Mapping[str, Running], looks: Looks) -> None:
        self.running = running
        self._looks = looks

    def table(self, connection: str, name: str) -> Table:
        """Return the rows of a table."""
        database: HasTables = self.that_has(HasTables, connection)
        return Table(name, database.rows(name))

    def that_has(self, kind: type[Any], connection: str | None) -> Any:
        """Return the stand-in of a connection; None: the only one of this kind.

        Raises:
            UsageError: There is none, it is of another kind, or there are several.
        """
        name = connection or self._only(kind)
        running = self.running.get(name)
        if running is None:
            raise UsageError(
                f"The test gave no stand-in for the connection {name!r}{suggestion(name, self.running)}",
                hint="Give one in `connections`.",
            )
        if not isinstance(running, kind):
            raise UsageError(f"What stands in for the connection {name!r} has no {_WORDS[kind]}")
        self._looks.at_connection(name)
        return running

    def _only(self, kind: type[Any]) -> str:
        names = [name for name, running in self.running.items() if isinstance(running, kind)]
        if len(names) != 1:
            found = f"{len(names)} stand-ins have" if names else "No stand-in has"
            raise UsageError(f"{found} {_WORDS[kind]}", hint="Name the connection.")
        return names[0]
