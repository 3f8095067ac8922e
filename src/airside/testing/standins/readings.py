"""What a test reads from a stand-in after a run."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Request:
    """A request that an HTTP stand-in got.

    Attributes:
        method: In capitals.
        path: Without the query.
        query: By name; the last value of each.
        headers: By name, as they were sent.
        body: All of it.
        status: What was answered.
        is_expected: There was a route for it.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    status: int
    is_expected: bool = True

    @property
    def text(self) -> str:
        """The body as UTF-8."""
        return self.body.decode(errors="replace")

    @property
    def json(self) -> Any:
        """The body as JSON; None if it is something else."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that was sent.

    Attributes:
        sender: Of the envelope.
        to: Recipients of the envelope, in order: also those of Cc and Bcc.
        subject: Decoded.
        text: The plain part, or "".
        html: The HTML part, or "".
        headers: All, by name.
        attachments: By file name.
    """

    sender: str
    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    headers: Mapping[str, str]
    attachments: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """What a chat or a pager was sent.

    Attributes:
        text: All that a human would read, lines one below the other.
        channel: Where to: of Slack's bots the channel, of PagerDuty the action (`trigger`, `resolve`), else "".
        body: What was sent, decoded.
        at: When.
    """

    text: str
    channel: str
    body: Any
    at: datetime


@runtime_checkable
class HasTables(Protocol):
    """A database."""

    def tables(self) -> list[str]:
        """Return the names of its tables and views, sorted; of another schema than the usual one with its name."""

    def columns(self, table: str) -> dict[str, str]:
        """Return the types of a table's columns, in the database's own words.

        Raises:
            UsageError: There is no such table; those that are there are in the hint.
        """

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return all rows of a table, in the order in which the database has them.

        Raises:
            UsageError: There is no such table.
        """

    def query(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
        """Return the rows of a query; none for a statement without rows.

        Raises:
            UsageError: The database refuses it.
        """


@runtime_checkable
class HasObjects(Protocol):
    """An object store."""

    def buckets(self) -> list[str]:
        """Return the names of its buckets, sorted."""

    def objects(self, prefix: str = "") -> dict[str, bytes]:
        """Return the contents by `bucket/key`, of the keys that start so, sorted."""


@runtime_checkable
class HasRequests(Protocol):
    """An HTTP server."""

    def requests(self, route: str = "") -> list[Request]:
        """Return what came, in order: all, or that of one route (`GET /v1/rates`)."""


@runtime_checkable
class HasMails(Protocol):
    """A mail server."""

    def mails(self) -> list[Mail]:
        """Return what was sent, in order."""


@runtime_checkable
class HasMessages(Protocol):
    """A chat or a pager."""

    def messages(self) -> list[Message]:
        """Return what was sent, in order."""


@runtime_checkable
class HasFiles(Protocol):
    """A folder."""

    def files(self, pattern: str = "**") -> dict[str, bytes]:
        """Return the contents by path, with `/`, of the files that match (`out/*.csv`), sorted."""
