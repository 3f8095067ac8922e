"""Asking a Postgres with its own client, so that the tool needs no driver."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from airside.base.children import inherited
from airside.base.errors import PlatformError, UsageError

_PARAMETERS = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "host": "PGHOST", "port": "PGPORT"}
_SECONDS = 10


def ask(binaries: Path, url: str, statement: str) -> list[str]:
    """Run one SQL statement and return the rows, each as text with `|` between its columns.

    Args:
        binaries: The folder that holds `bin/psql`.
        url: The database, `postgresql://user:password@host:port/name`. It never reaches a command line.
        statement: The SQL.

    Raises:
        UsageError: `url` cannot be read.
        PlatformError: The database does not answer or refuses; the message names it without its password.
    """
    done = subprocess.run(
        [str(binaries / "bin" / "psql"), "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement],
        env=inherited(**_variables(url), PGCONNECT_TIMEOUT=str(_SECONDS)),
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise PlatformError(
            f"The database {without_password(url)} does not work: {done.stderr.strip()}",
            hint="Look at its address, its account and its rights.",
        )
    return done.stdout.splitlines()


def _variables(url: str) -> Mapping[str, str]:
    parts, port = _parts(url)
    given = {
        "PGHOST": parts.hostname,
        "PGPORT": str(port) if port else None,
        "PGUSER": unquote(parts.username) if parts.username else None,
        "PGPASSWORD": unquote(parts.password) if parts.password else None,
        "PGDATABASE": unquote(parts.path.lstrip("/")),
    }
    given |= {_PARAMETERS[name]: value for name, value in parse_qsl(parts.query) if name in _PARAMETERS}
    return {name: value for name, value in given.items() if value}


def without_password(url: str) -> str:
    """Return `url` as messages show it.

    Raises:
        UsageError: It cannot be read.
    """
    parts, number = _parts(url)
    address = f"{parts.username}@" if parts.username else ""
    port = f":{number}" if number else ""
    return f"{parts.scheme.partition('+')[0]}://{address}{parts.hostname or ''}{port}{parts.path}"


def _parts(url: str) -> tuple[SplitResult, int | None]:
    """Split `url`; an unquoted sign in a password moves the borders of all parts, and no part may be shown then."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = None, None
    if parts is None or parts.fragment or "@" in f"{parts.path}{parts.query}":
        raise UsageError(
            "The URL of the database cannot be read",
            hint="postgresql://user:password@host:port/name; signs such as / # ? @ in a password are written as %2F "
            "%23 %3F %40.",
        )
    return parts, port
