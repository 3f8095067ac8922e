"""Connections that a test gives, as Airflow's."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowException

from airside.base.errors import UsageError

_FIELDS: Final = ("conn_type", "description", "host", "login", "password", "schema", "port", "extra")


@dataclass(frozen=True, slots=True)
class Fields:
    """A connection's values; each look-up makes a connection of its own of them."""

    conn_id: str
    values: Mapping[str, Any]

    def connection(self) -> Any:
        """Return it as `airflow.sdk.Connection`."""
        return Connection(conn_id=self.conn_id, **self.values)


def read(connections: Mapping[str, Mapping[str, Any] | str]) -> dict[str, Fields]:
    """Return the connections of a test, by id.

    Raises:
        UsageError: One of them is none.
    """
    return {conn_id: _fields(conn_id, given) for conn_id, given in connections.items()}


def _fields(conn_id: str, given: Mapping[str, Any] | str) -> Fields:
    if isinstance(given, str):
        return _of_text(conn_id, given)
    if unknown := sorted(set(given) - set(_FIELDS)):
        raise UsageError(
            f"The connection {conn_id!r} of this test has the unknown field {unknown[0]!r}",
            hint=f"A connection has {', '.join(_FIELDS)}.",
        )
    values = {name: given.get(name) for name in _FIELDS}
    if values["extra"] is not None and not isinstance(values["extra"], str):
        values["extra"] = json.dumps(values["extra"])
    if values["port"] is not None:
        values["port"] = int(values["port"])
    return Fields(conn_id, values)


def _of_text(conn_id: str, text: str) -> Fields:
    try:
        found = Connection.from_json(text, conn_id) if text.lstrip().startswith("{") else _of_uri(conn_id, text)
    except (ValueError, TypeError, AirflowException):
        # The reason may quote the text, and a password in it.
        raise UsageError(
            f"The connection {conn_id!r} of this test is neither a URI nor the JSON of a connection",
            hint="For instance postgresql://user:password@host:5432/database, or a mapping with conn_type, host, …",
        ) from None
    return Fields(conn_id, {name: getattr(found, name) for name in _FIELDS})


def _of_uri(conn_id: str, text: str) -> Any:
    if "://" not in text:
        raise ValueError(text)
    return Connection.from_uri(text, conn_id)
