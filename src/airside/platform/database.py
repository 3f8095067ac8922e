"""The database of the local Airflow: an embedded Postgres, somebody else's Postgres, or a SQLite file."""

import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from airside.base.errors import PlatformError, UsageError
from airside.platform.ports import free_port
from airside.platform.postgres import AIRFLOW_DATABASE, Postgres, prepare_postgres
from airside.platform.psql import ask
from airside.workspace.workspace import Workspace

SQLITE = "sqlite"
POSTGRES_PORT = 25432
"""Where the search for a free port begins: out of the way of a Postgres of the user's own, at 5432."""

_READY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Database:
    """Where Airflow keeps its state.

    Attributes:
        url: As Airflow's `sql_alchemy_conn`; holds a password.
        kind: `embedded`, `external` or `sqlite`.
        binaries: The folder that holds `bin/psql`.
        server: The embedded Postgres, if this is one.
        extra: Databases for workflows, each also a connection of that id.
    """

    url: str
    kind: str
    binaries: Path
    server: Postgres | None = None
    extra: Sequence[str] = ()

    def connections(self) -> Mapping[str, str]:
        """Return the connection URI of each database for workflows, by id."""
        if self.server is None:
            return {}
        return {name: self.server.url(name) for name in self.extra}

    def revision(self) -> str | None:
        """Return the revision of Airflow's tables (Alembic's), None in an empty database."""
        if self.kind == SQLITE:
            return _sqlite_revision(Path(self.url.removeprefix("sqlite:///")))
        found = ask(self.binaries, self.url, "select to_regclass('alembic_version')")
        rows = ask(self.binaries, self.url, "select version_num from alembic_version") if found != [""] else []
        return rows[0] if rows else None

    def await_ready(self, require_alive: Callable[[], None] = lambda: None) -> None:
        """Wait until the embedded server answers, and make the databases that it lacks.

        Args:
            require_alive: Raises `PlatformError` when the server ends again and again.

        Raises:
            PlatformError: It does not come up.
        """
        if self.server is None:
            return
        admin = self.server.url("postgres")
        deadline = time.monotonic() + _READY_SECONDS
        while True:
            try:
                existing = ask(self.binaries, admin, "select datname from pg_database")
                break
            except PlatformError:
                require_alive()
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.03)
        for name in (AIRFLOW_DATABASE, *self.extra):
            if name not in existing:
                ask(self.binaries, admin, f'create database "{name}"')


def choose_database(workspace: Workspace, packaged: Path, wanted: str | None) -> Database:
    """Return the database that `--database` asks for; nothing is started.

    Args:
        workspace: Whose Airflow.
        packaged: The folder of Postgres' binaries in the workspace's Python environment.
        wanted: `sqlite`, a `postgresql://` URL, or None for the embedded Postgres.

    Raises:
        UsageError: `wanted` is something else, or cannot hold the databases that `airside.toml` lists.
        PlatformError: The database does not answer.
    """
    extra = workspace.settings.platform.databases
    if wanted is None:
        server = prepare_postgres(workspace, packaged, free_port(POSTGRES_PORT))
        url = server.url(AIRFLOW_DATABASE, driver="psycopg2")
        return Database(url, "embedded", packaged, server, extra)
    if extra:
        raise UsageError(
            f"airside.toml lists databases for workflows ({', '.join(extra)}), which only the embedded Postgres has",
            hint="Leave --database out, or remove platform.databases.",
        )
    if wanted == SQLITE:
        (workspace.state / "airflow").mkdir(exist_ok=True)
        return Database(f"sqlite:///{workspace.state / 'airflow' / 'airflow.db'}", SQLITE, packaged)
    if urlsplit(wanted).scheme.partition("+")[0] not in {"postgresql", "postgres"}:
        raise UsageError("--database takes `sqlite` or a postgresql:// URL")
    ask(packaged, wanted, "select 1")
    # With SQLAlchemy 2.1 a bare postgresql:// means psycopg 3, which Airflow's extra does not bring.
    return Database(f"postgresql+psycopg2://{wanted.partition('://')[2]}", "external", packaged)


def _sqlite_revision(path: Path) -> str | None:
    if not path.exists():
        return None
    with closing(sqlite3.connect(path)) as connection:
        try:
            row = connection.execute("select version_num from alembic_version").fetchone()
        except sqlite3.OperationalError:  # no such table
            return None
    return str(row[0]) if row else None
