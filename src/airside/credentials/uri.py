"""Connections as URIs, read and written as Airflow does (airflow/sdk/definitions/connection.py 3.3.2)."""

import json
from typing import Final
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from airside.credentials.fields import Fields

_EXTRA: Final = "__extra__"
"""The parameter with all of `extra`, where it is more than texts."""


def from_uri(uri: str) -> Fields:
    """Return what `uri` says.

    Raises:
        ValueError: It is none. The message may quote it.
    """
    scheme = urlsplit(uri).scheme
    if uri.count("://") > 2:  # noqa: PLR2004 - one of the connection, one of its host
        raise ValueError(uri)
    with_protocol = uri.count("://") == 2  # noqa: PLR2004 - as above
    rest = uri.replace(f"{scheme}://", "" if with_protocol else "//")
    if with_protocol and {"@", ":"} & set(rest.split("://", 1)[0]):
        raise ValueError(uri)
    parts = urlsplit(rest)
    host = _host(parts)
    return Fields(
        conn_type=normal_type(scheme),
        login=unquote(parts.username) if parts.username else parts.username,
        password=unquote(parts.password) if parts.password else parts.password,
        host=f"{parts.scheme}://{host}" if host and with_protocol else host,
        port=parts.port,
        schema=unquote(parts.path[1:]),
        extra=_extra(parts.query),
    )


def normal_type(conn_type: str) -> str:
    """Return the type of a connection as Airflow knows it."""
    return "postgres" if conn_type == "postgresql" else conn_type.replace("-", "_")


def to_uri(fields: Fields) -> str:
    """Return `fields` as a URI."""
    host, protocol = fields.host or "", ""
    if "://" in host and host.split("://", 1)[0] != fields.conn_type:
        protocol, host = host.split("://", 1)
        protocol += "://"
    kind = f"{fields.conn_type.lower().replace('_', '-')}://" if fields.conn_type else "//"
    place = quote(host, safe="") + (f":{fields.port}" if fields.port else "")
    user = _user(fields)
    if place.startswith(":") and not user:
        user = "@"
    path = f"/{quote(fields.schema, safe='')}" if fields.schema else ""
    return f"{kind}{protocol}{user}{place}{path}{_query(fields)}"


def _user(fields: Fields) -> str:
    login = quote(fields.login, safe="") if fields.login is not None else ""
    password = f":{quote(fields.password, safe='')}" if fields.password is not None else ""
    return f"{login}{password}@" if login or password else ""


def _query(fields: Fields) -> str:
    if not fields.extra:
        return ""
    mark = "?" if fields.schema else "/?"
    try:
        values = json.loads(fields.extra)
    except ValueError:
        values = {}
    plain = urlencode(values) if isinstance(values, dict) else ""
    if plain and values == dict(parse_qsl(plain, keep_blank_values=True)):
        return mark + plain
    return mark + urlencode({_EXTRA: fields.extra})


def _extra(query: str) -> str | None:
    if not query:
        return None
    values = dict(parse_qsl(query, keep_blank_values=True))
    return values.get(_EXTRA) or json.dumps(values)


def _host(parts: SplitResult) -> str:
    host = unquote(parts.hostname or "")
    if "/" not in host:
        return host
    # A path, such as that of a socket: as it is written, while `hostname` is in small letters.
    return unquote(parts.netloc.rsplit("@", 1)[-1].split(":", 1)[0])
