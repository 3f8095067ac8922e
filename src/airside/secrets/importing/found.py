"""What a file of another tool holds, in the words of a document of secrets."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from airside.base.errors import FindingsError

_ALIASES = {
    "id": "id", "conn_id": "id", "connection_id": "id",
    "type": "conn_type", "conn_type": "conn_type",
    "uri": "uri", "conn_uri": "uri",
    "host": "host", "conn_host": "host",
    "login": "login", "conn_login": "login",
    "password": "password", "conn_password": "password",
    "schema": "schema", "conn_schema": "schema",
    "port": "port", "conn_port": "port",
    "extra": "extra", "conn_extra": "extra",
    "description": "description", "conn_description": "description",
    "from": "from", "path": "path",
}  # fmt: skip
"""Airflow's own names (airflow/cli/commands/connection_command.py 3.3.2), those of the community's Helm chart and of
astro's `airflow_settings.yaml`."""

_IGNORED = frozenset({"is_encrypted", "is_extra_encrypted", "team_name"})
"""What Airflow's exports say about its own database."""


@dataclass(frozen=True, slots=True)
class Found:
    """Connections and variables of one file.

    Attributes:
        layout: What kind of file it is, for the user.
        connections: For each id a URI, or the fields of a document.
        variables: For each key its value, any JSON.
        left_out: What the file holds besides, by name.
    """

    layout: str
    connections: Mapping[str, Any] = field(default_factory=dict, repr=False)
    variables: Mapping[str, Any] = field(default_factory=dict, repr=False)
    left_out: tuple[str, ...] = ()


def connection(name: str, given: object) -> str | dict[str, Any]:
    """Return a connection as a document holds it: what is empty is left out, a port is a number.

    Raises:
        FindingsError: It has a field that no connection has, by name.
    """
    if isinstance(given, str):
        return _from_text(name, given)
    if not isinstance(given, Mapping):
        raise FindingsError(f"connections.{name}: expected a URI or fields")
    fields: dict[str, Any] = {}
    for key, value in given.items():
        known = _ALIASES.get(str(key))
        if known is None and key not in _IGNORED:
            raise FindingsError(f"connections.{name}: unknown field {key!r}")
        if known not in (None, "id") and value not in (None, "", {}, "{}"):
            fields[str(known)] = value
    if (uri := fields.pop("uri", None)) is not None:
        if fields.keys() - {"conn_type", "description"}:
            raise FindingsError(f"connections.{name}: has both a URI and fields")
        return _from_text(name, str(uri))
    return _ported(name, fields)


def _from_text(name: str, text: str) -> str | dict[str, Any]:
    if text.lstrip().startswith("{"):
        try:
            loaded = json.loads(text)
        except ValueError:
            raise FindingsError(f"connections.{name}: is not valid JSON") from None
        return connection(name, loaded)
    if "://" not in text:
        raise FindingsError(f"connections.{name}: is neither a URI nor JSON")
    return text


def _ported(name: str, fields: dict[str, Any]) -> dict[str, Any]:
    port = fields.get("port")
    if isinstance(port, str | float):
        try:
            fields["port"] = int(port)
        except ValueError:
            raise FindingsError(f"connections.{name}.port: expected a whole number") from None
    return fields
