"""Lines `NAME=value`: `.env` files, and `airflow connections export --file-format env`."""

import re
from collections.abc import Iterator

from airside.base.errors import FindingsError
from airside.secrets.importing.found import Found, connection

_CONNECTION = "AIRFLOW_CONN_"
_VARIABLE = "AIRFLOW_VAR_"
_LINE = re.compile(
    r"""
    ^[ \t]*(?:export[ \t]+)?(?P<name>[^\s=#'"][^\s=]*)[ \t]*=[ \t]*
    (?: '(?P<single>[^']*)' | "(?P<double>(?:[^"\\]|\\.)*)" | (?P<json>\{[^\n]*\}) | (?P<plain>(?!['"])[^\n]*?) )
    [ \t]*(?:(?<=\s)\#[^\n]*)?$
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
_QUOTED = re.compile(r"""^[ \t]*(?:export[ \t]+)?(?P<name>[^\s=#'"][^\s=]*)[ \t]*=[ \t]*['"]""", re.MULTILINE)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


def read_dotenv(text: str) -> Found | None:
    """Return what the lines of `text` hold; None where there are none.

    Airflow looks for the name of a connection in upper case, so ids and keys become lower-case.

    Raises:
        FindingsError: A value is neither a URI nor JSON, or its quotes do not end, by name; or no line is for Airflow.
    """
    lines = dict(_lines(text.replace("\r\n", "\n")))
    if not lines:
        return None
    prefixed = [name for name in lines if name.startswith((_CONNECTION, _VARIABLE))]
    if not prefixed:
        return _exported(lines)
    return Found(
        "environment variables",
        {
            _lower(name, _CONNECTION): connection(_lower(name, _CONNECTION), value)
            for name, value in lines.items()
            if name.startswith(_CONNECTION) and value
        },
        {_lower(name, _VARIABLE): value for name, value in lines.items() if name.startswith(_VARIABLE)},
        tuple(name for name in lines if name not in prefixed),
    )


def _exported(lines: dict[str, str]) -> Found:
    if not all("://" in value or value.lstrip().startswith("{") for value in lines.values()):
        raise FindingsError("no line begins with AIRFLOW_CONN_ or AIRFLOW_VAR_")
    return Found("airflow connections export (env)", {name: connection(name, value) for name, value in lines.items()})


def _lower(name: str, prefix: str) -> str:
    return name.removeprefix(prefix).lower()


def _lines(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    for found in _LINE.finditer(text):
        _refuse_open_quotes(text[at : found.start()])
        at = found.end()
        if found["single"] is not None:
            yield found["name"], found["single"]
        elif found["double"] is not None:
            value = re.sub(r"\\(.)", lambda escape: _ESCAPES.get(escape[1], escape[1]), found["double"])
            yield found["name"], value
        else:
            yield found["name"], (found["json"] or found["plain"] or "").strip()
    _refuse_open_quotes(text[at:])


def _refuse_open_quotes(between: str) -> None:
    if found := _QUOTED.search(between):
        raise FindingsError(f"{found['name']}: its quotes do not end, or something follows them")
