"""Asking a Postgres with its own client, so that the tool needs no driver."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from airside.base.children import inherited
from airside.base.errors import PlatformError

_PARAMETERS = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "host": "PGHOST", "port": "PGPORT"}
_SECONDS = 10


def ask(binaries: Path, url: str, statement: str) -> list[str]:
    """Run one SQL statement and return the rows, each as text with `|` between its columns.

    Args:
        binaries: The folder that holds `bin/psql`.
        url: The database, `postgresql://user:password@host:port/name`. It never reaches a command line.
        statement: The SQL.

    Raises:
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
    parts = urlsplit(url)
    given = {
        "PGHOST": parts.hostname,
        "PGPORT": str(parts.port) if parts.port else None,
        "PGUSER": unquote(parts.username) if parts.username else None,
        "PGPASSWORD": unquote(parts.password) if parts.password else None,
        "PGDATABASE": unquote(parts.path.lstrip("/")),
    }
    given |= {_PARAMETERS[name]: value for name, value in parse_qsl(parts.query) if name in _PARAMETERS}
    return {name: value for name, value in given.items() if value}


def without_password(url: str) -> str:
    """Return `url` as messages show it."""
    parts = urlsplit(url)
    address = f"{parts.username}@" if parts.username else ""
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme.partition('+')[0]}://{address}{parts.hostname or ''}{port}{parts.path}"
