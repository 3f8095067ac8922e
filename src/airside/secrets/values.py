"""Connections and variables of an environment, decrypted. No `repr` here shows a value."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def nothing() -> Mapping[str, Any]:
    """Return an empty mapping that nobody can fill."""
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection: a URI, or fields, or a mark that Vault has it.

    Attributes:
        id: Its name.
        uri: As Airflow writes it; then all the fields are None.
        conn_type: Such as ``postgres``.
        host: Of the service.
        login: Of the user.
        password: Of the user.
        schema: Often the name of a database.
        port: Of the service.
        extra: JSON text of a mapping.
        description: For people.
        vault_path: Where Vault has it; None unless the document says ``from: vault``.
    """

    id: str
    uri: str | None = field(default=None, repr=False)
    conn_type: str | None = field(default=None, repr=False)
    host: str | None = field(default=None, repr=False)
    login: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    schema: str | None = field(default=None, repr=False)
    port: int | None = field(default=None, repr=False)
    extra: str | None = field(default=None, repr=False)
    description: str | None = field(default=None, repr=False)
    vault_path: str | None = field(default=None, repr=False)

    def leaves(self) -> Iterator[str]:
        """Yield every text of it that is secret: to be masked wherever it shows."""
        if self.uri is not None:
            yield self.uri
            yield from _leaves_of_uri(self.uri)
        if self.password:
            yield self.password
        if self.extra:
            yield from _texts(json.loads(self.extra))


@dataclass(frozen=True, slots=True)
class Secrets:
    """The connections and variables of an environment, layered; its `repr` shows names only.

    Attributes:
        connections: For each id the connection.
        variables: For each key its text as Airflow wants it: text as it is, all else as JSON.
        vault_variables: For each key that Vault has the value of, where.
        version: Changes when anything of it does; empty where there is no document.
    """

    connections: Mapping[str, Connection] = field(default_factory=nothing)
    variables: Mapping[str, str] = field(default_factory=nothing)
    vault_variables: Mapping[str, str] = field(default_factory=nothing)
    version: str = ""

    def connection(self, name: str) -> Connection | None:
        """Return the connection `name`; None where there is none."""
        return self.connections.get(name)

    def variable(self, key: str) -> str | None:
        """Return the text of the variable `key`; None where there is none, and where Vault has it."""
        return self.variables.get(key)

    def __repr__(self) -> str:
        variables = sorted({*self.variables, *self.vault_variables})
        return f"Secrets(connections={sorted(self.connections)}, variables={variables}, version={self.version!r})"


def _leaves_of_uri(uri: str) -> Iterator[str]:
    parts = urlsplit(uri)
    if parts.password:
        yield parts.password
        if (plain := unquote(parts.password)) != parts.password:
            yield plain
    for _, value in parse_qsl(parts.query):
        yield value
        yield from texts_of_json(value)


def texts_of_json(text: str) -> Iterator[str]:
    """Yield the texts in `text`, where that is JSON: `__extra__` of a URI is such."""
    if text[:1] in {"{", "["}:
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            return
        yield from _texts(found)


def _texts(node: object) -> Iterator[str]:
    """Yield every text in what JSON holds; a text may be JSON itself, such as the key file of a cloud."""
    if isinstance(node, Mapping):
        for part in node.values():
            yield from _texts(part)
    elif isinstance(node, list):
        for part in node:
            yield from _texts(part)
    elif isinstance(node, str) and node:
        yield node
        yield from texts_of_json(node)
