"""Supervising the components with supervisord: its configuration, its start, and questions to it.

supervisord runs in `<state>/run/cwd`, and every path in its configuration is relative to that folder: it
expands `%` in some values twice, so a path of the user's cannot be written safely.
"""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from xmlrpc.client import Fault, ServerProxy

from supervisor.xmlrpc import SupervisorTransport

from airside.base.errors import PlatformError
from airside.base.files import write_atomically
from airside.platform.private import private_folder

LOG_BYTES = 10 * 1024 * 1024
LOG_BACKUPS = 3
_START_SECONDS = 20.0
_ANSWER_SECONDS = 5.0
"""No question waits for a process: supervisord answers in milliseconds, unless somebody has stopped it."""


@dataclass(frozen=True, slots=True)
class Program:
    """A process that supervisord keeps alive.

    Attributes:
        name: The component.
        command: Words; a path in the first is relative to the working folder, or absolute without a `%`.
        account: The account that it runs as; None for the user's own.
        folder: Where it runs; by default in the working folder.
        start_seconds: A process that ends sooner failed to start.
        stop_seconds: A process that takes longer to end is killed.
        stop_signal: What asks it to end.
    """

    name: str
    command: Sequence[str]
    account: str | None = None
    folder: str = "."
    start_seconds: int = 3
    stop_seconds: int = 15
    stop_signal: str = "TERM"


def configuration(programs: Sequence[Program], *, socket: Path) -> str:
    """Return the configuration of supervisord."""
    head = (
        "[supervisord]\nlogfile=../../logs/supervisord.log\nlogfile_maxbytes=1MB\nlogfile_backups=1\n"
        "pidfile=../supervisord.pid\nloglevel=info\nminfds=1024\n"
        f"[unix_http_server]\nfile={_escaped(str(socket))}\nchmod=0600\n"
        "[rpcinterface:supervisor]\n"
        "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n"
    )
    return head + "".join(map(_section, programs))


def _section(program: Program) -> str:
    command = " ".join(f'"{_escaped(word)}"' for word in program.command)
    lines = {
        "command": command,
        "directory": program.folder,
        "autostart": "false",
        "autorestart": "true",
        "startsecs": program.start_seconds,
        "startretries": 5,
        "stopsignal": program.stop_signal,
        "stopwaitsecs": program.stop_seconds,
        # A task of the LocalExecutor is in the process group of its scheduler.
        "stopasgroup": "false" if program.stop_signal != "TERM" else "true",
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": f"../../logs/{program.name}.log",
        "stdout_logfile_maxbytes": LOG_BYTES,
        "stdout_logfile_backups": LOG_BACKUPS,
    }
    if program.account:
        lines["user"] = program.account
    return f"[program:{program.name}]\n" + "".join(f"{key}={value}\n" for key, value in lines.items())


def _escaped(text: str) -> str:
    return text.replace("%", "%%").replace("\\", "\\\\").replace('"', '\\"')


def control_socket(state: Path) -> Path:
    """Return the path of supervisord's socket: short, since a Unix socket's may have 107 bytes."""
    return private_folder() / f"{hashlib.sha256(os.fsencode(state)).hexdigest()[:16]}.sock"


@dataclass(frozen=True, slots=True)
class Supervisor:
    """The supervisord of one workspace.

    Attributes:
        state: The workspace's `.airside`.
    """

    state: Path

    @property
    def working_folder(self) -> Path:
        """Where supervisord and all components run; nothing else does, so a process there is one of them."""
        return self.state / "run" / "cwd"

    @property
    def socket_note(self) -> Path:
        """Where the path of the socket is written down: a later command may have another TMPDIR."""
        return self.state / "run" / "socket"

    def start(self, programs: Sequence[Program], environ: Mapping[str, str]) -> int:
        """Start supervisord with `programs` and return its process id.

        Raises:
            PlatformError: It does not come up; what it said is in the message.
        """
        self.working_folder.mkdir(parents=True, exist_ok=True)
        (self.state / "logs").mkdir(exist_ok=True)
        run, socket = self.working_folder.parent, control_socket(self.state)
        write_atomically(self.socket_note, os.fsencode(socket), mode=0o600)
        write_atomically(run / "supervisord.conf", configuration(programs, socket=socket).encode(), mode=0o600)
        with (self.state / "logs" / "supervisord.out").open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "airside.platform.launcher", "../supervisord.conf"],
                cwd=self.working_folder,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            self._await(process)
        except BaseException:  # an interrupt too
            process.kill()
            process.wait()
            raise
        process.returncode = 0  # it outlives this process, of which Popen would warn
        return process.pid

    def _await(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            try:
                self.ask("getState")
            except PlatformError:
                time.sleep(0.02)
                continue
            return
        said = (self.state / "logs" / "supervisord.out").read_text(errors="replace").strip()
        raise PlatformError(f"supervisord does not start: {said or 'it said nothing'}")

    def ask(self, method: str, *arguments: object) -> Any:  # noqa: ANN401 - XML-RPC has no types
        """Call a method of supervisord's XML-RPC interface.

        Raises:
            PlatformError: It does not answer, or refuses.
        """
        try:
            transport = _Transport(None, None, f"unix://{self.socket_note.read_text()}")
            with ServerProxy("http://127.0.0.1", transport=transport) as proxy:
                return getattr(cast("Any", proxy).supervisor, method)(*arguments)
        except (OSError, Fault) as error:
            raise PlatformError(f"supervisord of {self.state.parent} does not answer {method}: {error}") from error


class _Transport(SupervisorTransport):  # type: ignore[misc] # supervisor has no types
    """One that does not wait for ever: supervisor's own sets no timeout."""

    def request(self, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - XML-RPC has no types
        self.connection = self._get_connection()
        self.connection.connect()
        self.connection.sock.settimeout(_ANSWER_SECONDS)
        # The headers are those that it makes with a connection of its own (supervisor/xmlrpc.py 4.3, `request`).
        self.headers = {"Content-Type": "text/xml", "Accept": "text/xml"}
        return super().request(*arguments, **named)
