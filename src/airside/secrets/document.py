"""The connections and variables of one environment. Messages name keys and never show values."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from airside.base.errors import FindingsError

EXAMPLE = b"""\
# Connections and variables of Airflow. When you save and close, this file is encrypted.
# Put dates, and numbers that begin with 0, in quotes.
connections:
    example_api:
        conn_type: http
        host: api.example.com
        login: me
        password: change-me
        extra:
            timeout: 30
variables:
    example: change-me
"""

_SECTIONS = ("connections", "variables")
_FIELDS = ("conn_type", "description", "host", "login", "password", "schema", "port", "extra")


class _Loader(yaml.SafeLoader):
    """YAML without dates: ``2026-01-31`` stays the text that was written."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True, slots=True)
class SecretDocument:
    """What an encrypted file holds; its `repr` shows names only.

    Attributes:
        names: ``connections.<id>`` and ``variables.<key>``, in their order.
        connections: The bodies of Airflow's REST API, `connection_id` among their fields, `extra` as JSON text. A field
            that the file does not name is None, so that one that was removed does not stay in Airflow.
        variables: For each key its text; what is not text in the file is JSON.
    """

    names: tuple[str, ...]
    connections: tuple[Mapping[str, object], ...] = field(repr=False)
    variables: Mapping[str, str] = field(repr=False)


def parse_document(data: bytes, *, what: str) -> SecretDocument:
    """Return what the decrypted bytes `data` of the file `what` say.

    Raises:
        FindingsError: They have another shape; all faults are listed by name, without a value.
    """
    document = _load(data, what)
    faults = _faults(document)
    if faults:
        raise FindingsError("\n".join(f"{what}: {fault}" for fault in faults), hint="Correct it: airside secrets edit")
    connections, variables = (document.get(section) or {} for section in _SECTIONS)
    return SecretDocument(
        names=tuple(f"{section}.{name}" for section in _SECTIONS for name in document.get(section) or {}),
        connections=tuple(_fields(name, connection) for name, connection in connections.items()),
        variables={key: _text(value) for key, value in variables.items()},
    )


def _load(data: bytes, what: str) -> dict[str, Any]:
    try:
        document = yaml.load(data, Loader=_Loader)  # noqa: S506 - derived from SafeLoader
    except yaml.MarkedYAMLError as error:
        line = f" (line {error.problem_mark.line + 1})" if error.problem_mark else ""
        raise FindingsError(f"{what} is not valid YAML{line}", hint="Correct it: airside secrets edit") from None
    except (yaml.YAMLError, ValueError):
        raise FindingsError(f"{what} is not valid YAML", hint="Correct it: airside secrets edit") from None
    if not isinstance(document, dict):
        raise FindingsError(f"{what}: expected the keys {' and '.join(_SECTIONS)}", hint="airside secrets edit")
    return document


def _faults(document: Mapping[Any, Any]) -> list[str]:
    faults = [f"unknown key {key!r} (known: {', '.join(_SECTIONS)})" for key in document if key not in _SECTIONS]
    for section in _SECTIONS:
        entries = document.get(section) or {}
        if not isinstance(entries, dict):
            faults.append(f"{section}: expected a mapping of names")
            continue
        faults += [f"{section}: a name is not text; put it in quotes" for name in entries if not isinstance(name, str)]
        if section == "connections":
            faults += [fault for name, fields in entries.items() for fault in _connection_faults(name, fields)]
        else:
            faults += [f"variables.{name}: has no value" for name, value in entries.items() if value is None]
    return faults


def _connection_faults(name: object, fields: object) -> list[str]:
    where = f"connections.{name}"
    if not isinstance(fields, dict):
        return [f"{where}: expected fields ({', '.join(_FIELDS)})"]
    faults = [f"{where}: unknown field {key!r} (known: {', '.join(_FIELDS)})" for key in fields if key not in _FIELDS]
    if not isinstance(fields.get("conn_type"), str):
        faults.append(f"{where}.conn_type: expected text, such as postgres")
    port = fields.get("port")
    if port is not None and (isinstance(port, bool) or not isinstance(port, int)):
        faults.append(f"{where}.port: expected a whole number")
    return faults


def _fields(name: str, connection: Mapping[str, Any]) -> dict[str, object]:
    given = {key: value for key, value in connection.items() if value is not None}
    texts = {key: value if key == "port" else _text(value) for key, value in given.items()}
    return {"connection_id": name, **dict.fromkeys(_FIELDS), **texts}


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
