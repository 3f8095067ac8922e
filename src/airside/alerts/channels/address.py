"""Where the messages of a channel go, and with what key. No `repr` here shows it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from airside.secrets.values import nothing

_SHORTEST_SECRET: Final = 5
"""Characters. Masking what is shorter would make texts unreadable and hide nothing."""


class ChannelKind(StrEnum):
    """What speaks at the other end."""

    SLACK_WEBHOOK = "Slack webhook"
    SLACK = "Slack"
    TEAMS = "Microsoft Teams"
    PAGERDUTY = "PagerDuty"
    MAIL = "e-mail"
    ALERTMANAGER = "Alertmanager"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Address:
    """Where the messages of a channel go.

    Attributes:
        name: The id of the connection.
        kind: What speaks there.
        url: Where it listens; often a secret, for who knows it can write there.
        secret: Its key or password.
        headers: What every request carries.
        options: What else it needs to know: ``channel``; of mail ``to``, ``from``, ``login`` and ``tls``; ``proxy``.
    """

    name: str
    kind: ChannelKind
    url: str = field(repr=False)
    secret: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=nothing, repr=False)
    options: Mapping[str, str] = field(default_factory=nothing, repr=False)

    def __str__(self) -> str:
        return f"{self.name} ({self.kind})"

    def masked(self, text: str) -> str:
        """Return `text` without what is secret of this address: an answer may quote it."""
        for secret in sorted(self._secrets(), key=len, reverse=True):
            text = text.replace(secret, "***")
        return text

    def _secrets(self) -> Iterator[str]:
        parts = urlsplit(self.url)
        path = parts.path.strip("/")
        last = path.rsplit("/", 1)[-1]
        found = (self.url, path, last, parts.query, self.secret or "", *self.headers.values())
        for text in found:
            yield from (word for word in {text, *text.split()} if len(word) >= _SHORTEST_SECRET)
