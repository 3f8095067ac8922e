"""Connections that a file gives: stand-ins, fields, URIs."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import Field, ValidationError

from airside.base.errors import UsageError
from airside.base.suggestions import suggestion
from airside.config.nodes import Node
from airside.config.yaml_files import Fault
from airside.testing.cases.faults import faults_of
from airside.testing.expecting.part import Count, Part, Text
from airside.testing.standins import KINDS, from_mapping
from airside.testing.standins.port import StandIn

TYPE: Final = "type"
"""The key that says which stand-in a mapping is; all others are its options."""

_PLACE: Final = re.compile(r"at `\$((?:\.\w+)*)")
"""Where in the options a fault is, as msgspec says it: `$.tables[...]`."""

_UNKNOWN: Final = re.compile(r"unknown field `([^`]*)`")


class ConnectionFields(Part):
    """The fields of a connection.

    Attributes:
        conn_type: Its type, as Airflow's providers call it.
        host: Its host.
        login: Its user.
        password: Its password.
        schema: Often a database.
        port: Its port.
        extra: All else, or the JSON of it.
        description: For people.
    """

    conn_type: Text
    host: Text | None = None
    login: Text | None = None
    password: Text | None = None
    database: Text | None = Field(default=None, alias="schema")
    port: Count | None = None
    extra: Mapping[Text, Any] | Text | None = None
    description: Text | None = None


def connection_of(given: Any, folder: Path) -> StandIn | Mapping[str, Any] | str:
    """Return what `dag_run` takes for a connection.

    Args:
        given: As the file says it.
        folder: What the paths of a stand-in are relative to.

    Raises:
        UsageError: There is no such stand-in, or an option of it is not what it should be.
    """
    if isinstance(given, str):
        return given if _is_uri(given) else from_mapping(given, {}, folder)
    if TYPE not in given:
        fields: Mapping[str, Any] = given
        return fields
    return from_mapping(given[TYPE], {name: value for name, value in given.items() if name != TYPE}, folder)


def connection_faults(node: Node, path: str, folder: Path) -> Iterator[Fault]:
    """Yield what is wrong with a connection in a file.

    Args:
        node: What the file says.
        path: Its key path, for messages.
        folder: As for `connection_of`.
    """
    if isinstance(node.value, str):
        if not _is_uri(node.value) and node.value not in KINDS:
            yield _fault(node, path, f"expected a URI or one of {', '.join(KINDS)}{suggestion(node.value, KINDS)}")
    elif not isinstance(node.value, dict) or not {TYPE, "conn_type"} & node.value.keys():
        yield _fault(node, path, "expected a mapping with `type`, a stand-in, or with `conn_type`; or a URI")
    elif TYPE in node.value:
        yield from _standin_faults(node, path, folder)
    else:
        try:
            ConnectionFields.model_validate(node.plain())
        except ValidationError as error:
            yield from faults_of(error, ConnectionFields, node, path)


def _standin_faults(node: Node, path: str, folder: Path) -> Iterator[Fault]:
    given = node.plain()
    kind = given.pop(TYPE)
    at = node.child(TYPE) or node
    if not isinstance(kind, str) or kind not in KINDS:
        near = suggestion(str(kind), KINDS)
        yield _fault(at, f"{path}.{TYPE}", f"there is no stand-in {kind!r}{near}; there are {', '.join(KINDS)}")
        return
    known = [name for name in KINDS[kind].__struct_fields__ if name != "folder"]
    unknown = [name for name in given if name not in known]
    for name in unknown:
        words = f"unknown key ({kind} has {', '.join(known)}){suggestion(name, known)}"
        yield _fault(node.child(name) or node, f"{path}.{name}", words)
    try:
        from_mapping(kind, {name: value for name, value in given.items() if name in known}, folder)
    except UsageError as error:
        yield _option_fault(node, path, error.message)


def _option_fault(node: Node, path: str, message: str) -> Fault:
    """Return the fault with the line of the option that `message` names."""
    place = _PLACE.search(message)
    parts = place[1].split(".")[1:] if place else []
    at = node.nearest(parts)
    if unknown := _UNKNOWN.search(message):
        at = next((below for keys, below in at.walk() if keys and keys[-1] == unknown[1]), at)
    return _fault(at, ".".join([path, *parts]), message)


def _fault(node: Node, path: str, message: str) -> Fault:
    return Fault(node.file, node.line, f"{path}: {message}")


def _is_uri(text: str) -> bool:
    return "://" in text
