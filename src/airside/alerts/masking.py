"""Replacing the secrets of an environment in what is told of it."""

import base64
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final
from urllib.parse import unquote, urlsplit

from airside.alerts.event import Event
from airside.secrets.forms import forms
from airside.secrets.values import Connection, Secrets, texts_of_json

MASK: Final = "***"
SHORTEST: Final = 5
"""Characters: what is shorter is found in ordinary words. Airflow masks from there on, too."""


class Masks:
    """The secrets of one environment, ready to be replaced.

    Args:
        leaves: The secrets.
    """

    def __init__(self, leaves: Iterable[str]) -> None:
        texts = {form for leaf in leaves for form in forms(leaf) if len(form) >= SHORTEST}
        # Of two that begin alike the longer one is tried first, so that nothing of it is left over.
        ordered = sorted(texts, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    @classmethod
    def of(cls, secrets: Secrets) -> "Masks":
        """Return those of `secrets`: all of connections, and variables as Airflow masks those from here."""
        return cls(_leaves(secrets))

    def text(self, text: str) -> str:
        """Return `text` without secrets."""
        return self._pattern.sub(MASK, text) if self._pattern else text

    def event(self, event: Event) -> Event:
        """Return `event` without secrets in what others wrote into it."""
        return replace(
            event,
            error=None if event.error is None else self.text(event.error),
            detail=None if event.detail is None else self.text(event.detail),
        )


def _leaves(secrets: Secrets) -> Iterator[str]:
    for connection in secrets.connections.values():
        yield from connection.leaves()
        yield from _basic(connection)
    for value in secrets.variables.values():
        yield value
        yield from texts_of_json(value)


def _basic(connection: Connection) -> Iterator[str]:
    """Yield what HTTP's basic authentication makes of a login and its password."""
    login, password = connection.login, connection.password
    if connection.uri is not None:
        parts = urlsplit(connection.uri)
        login, password = unquote(parts.username or ""), unquote(parts.password or "")
    if password:
        yield base64.b64encode(f"{login or ''}:{password}".encode()).decode()
