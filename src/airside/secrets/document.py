"""What a document of secrets may hold. Faults are told by the names of entries; no message shows a value."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

from airside.base.errors import FindingsError
from airside.secrets.markup import HINT, load_markup
from airside.secrets.values import Connection, nothing

SECTIONS: Final = ("connections", "variables")

FIELDS: Final = ("conn_type", "description", "host", "login", "password", "schema", "port", "extra")
"""Of a connection that is not written as a URI."""

_TEXTS = ("description", "host", "login", "password", "schema")
_MAX_PORT = 65535


@dataclass(frozen=True, slots=True)
class SecretDocument:
    """What one document holds; its `repr` shows names only.

    Attributes:
        names: ``connections.<id>`` and ``variables.<key>``, in their order.
        connections: For each id the connection.
        variables: For each key its text; what is not text in the file is JSON.
        vault_variables: For each key that Vault has the value of, where.
    """

    names: tuple[str, ...] = ()
    connections: Mapping[str, Connection] = field(default_factory=nothing, repr=False)
    variables: Mapping[str, str] = field(default_factory=nothing, repr=False)
    vault_variables: Mapping[str, str] = field(default_factory=nothing, repr=False)


def parse_document(data: bytes, *, what: str) -> SecretDocument:
    """Return what the decrypted bytes `data` of the file `what` say, as it will be read once it is encrypted.

    Raises:
        FindingsError: They have another shape; all faults are listed by name, without a value.
    """
    return read_document(load_markup(data, what=what), what=what)


def read_document(document: Mapping[str, Any], *, what: str) -> SecretDocument:
    """Return what the decrypted mapping `document` of the file `what` says.

    Raises:
        FindingsError: It has another shape; all faults are listed by name, without a value.
    """
    faults = list(document_faults(document))
    if faults:
        raise FindingsError("\n".join(f"{what}: {fault}" for fault in faults), hint=HINT)
    connections, variables = (document.get(section) or {} for section in SECTIONS)
    return SecretDocument(
        names=tuple(f"{section}.{name}" for section in SECTIONS for name in document.get(section) or {}),
        connections=MappingProxyType({name: _connection(name, node) for name, node in connections.items()}),
        variables=MappingProxyType({key: _text(node) for key, node in variables.items() if not _is_in_vault(node)}),
        vault_variables=MappingProxyType(
            {key: str(node["path"]) for key, node in variables.items() if _is_in_vault(node)}
        ),
    )


def document_faults(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the shape of the decrypted mapping `document`."""
    yield from _unknown("key", document, SECTIONS)
    for section, faults in (("connections", _connection_faults), ("variables", _variable_faults)):
        entries = document.get(section)
        if isinstance(entries, Mapping):
            for name, node in entries.items():
                yield from (f"{section}.{name!r}: {fault}" for fault in _name_faults(name))
                yield from (f"{section}.{name}{fault}" for fault in faults(node))
        elif entries is not None:
            yield f"{section}: expected a mapping of names"


def _name_faults(name: str) -> Iterator[str]:
    if not name or name != name.strip() or not name.isprintable():
        yield "a name is empty, has spaces around it or a character that does not print"


def _variable_faults(node: object) -> Iterator[str]:
    if node is None:
        yield ": has no value"


def _connection_faults(node: object) -> Iterable[str]:
    if isinstance(node, str):
        return _uri_faults(node)
    if not isinstance(node, Mapping):
        return [f": expected a URI, or fields ({', '.join(FIELDS)})"]
    return _vault_faults(node) if "from" in node else _field_faults(node)


def _uri_faults(uri: str) -> Iterator[str]:
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        yield ": is not a URI: its host or port cannot be read"
        return
    if not parts.scheme or "://" not in uri:
        yield ": is not a URI, such as postgres://user:password@host:5432/database"


def _vault_faults(fields: Mapping[str, Any]) -> Iterator[str]:
    yield from _unknown("field", fields, ("from", "path"), before=": ")
    if fields["from"] != "vault":
        yield ".from: expected vault"
    if "path" in fields and not (isinstance(fields["path"], str) and fields["path"]):
        yield ".path: expected text"


def _field_faults(fields: Mapping[str, Any]) -> Iterator[str]:
    if "uri" in fields:
        yield ".uri: a URI stands in place of the fields, not among them (NAME: URI)"
    yield from _unknown("field", [key for key in fields if key != "uri"], FIELDS, before=": ")
    if "uri" not in fields and not (isinstance(fields.get("conn_type"), str) and fields["conn_type"]):
        yield ".conn_type: expected text, such as postgres"
    for key in _TEXTS:
        if not isinstance(fields.get(key), str | None):
            yield f".{key}: expected text; put it in quotes"
    port = fields.get("port")
    if port is not None and (isinstance(port, bool) or not isinstance(port, int) or not 0 <= port <= _MAX_PORT):
        yield f".port: expected a whole number up to {_MAX_PORT}"
    if not _is_extra(fields.get("extra")):
        yield ".extra: expected a mapping, or the JSON text of one"


def _is_extra(extra: object) -> bool:
    if isinstance(extra, str) and extra:
        try:
            extra = json.loads(extra)
        except (ValueError, RecursionError):
            return False
    return extra in {None, ""} if isinstance(extra, str | None) else isinstance(extra, Mapping)


def _unknown(kind: str, names: Iterable[str], known: Iterable[str], *, before: str = "") -> Iterator[str]:
    known = tuple(known)
    return (f"{before}unknown {kind} {name!r} (known: {', '.join(known)})" for name in names if name not in known)


def _is_in_vault(node: object) -> bool:
    """Tell whether a variable is one that Vault has: exactly these keys, since any mapping can be a variable."""
    return isinstance(node, Mapping) and set(node) == {"from", "path"} and node["from"] == "vault"


def _connection(name: str, node: str | Mapping[str, Any]) -> Connection:
    if isinstance(node, str):
        return Connection(name, uri=node)
    if "from" in node:
        return Connection(name, vault_path=node.get("path", name))
    extra = node.get("extra")
    texts = {key: node.get(key) for key in ("conn_type", "port", *_TEXTS)}
    return Connection(name, **texts, extra=_text(extra) if extra else None)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
