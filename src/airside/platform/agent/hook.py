"""The command that runs after a change: at least once for each tree that comes to be served, and not for ever.

It may run twice for one tree, since the agent may be killed before it has noted that the command succeeded.
"""

import os
import signal
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from airside.base.children import inherited


@dataclass(slots=True)
class Hook:
    """A command.

    Attributes:
        command: As an argument list.
        timeout: Seconds after which it and what it started are ended.
    """

    command: Sequence[str]
    timeout: float
    _child: "subprocess.Popen[bytes] | None" = None
    _stopped: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, variables: dict[str, str]) -> str | None:
        """Run the command with these further environment variables; return why it failed, or None.

        What it prints goes where the agent's own lines go, but for standard output, which is the agent's alone.
        """
        try:
            child = self._start(variables)
        except OSError as error:
            return f"{self.command[0]} cannot be run: {error.strerror}"
        if child is None:
            return "the agent is being stopped"
        try:
            code = child.wait(self.timeout)
        except subprocess.TimeoutExpired:
            _kill(child)
            return f"it did not end within {self.timeout:g} s"
        finally:
            self._child = None
        return f"exit code {code}" if code else None

    def stop(self) -> None:
        """End the command if it runs, and let none begin. From any thread."""
        with self._lock:
            self._stopped = True
            if self._child is not None:
                _kill(self._child)

    def _start(self, variables: dict[str, str]) -> "subprocess.Popen[bytes] | None":
        with self._lock:
            if self._stopped:
                return None
            # A session of its own, so that all that it starts can be ended with it.
            self._child = subprocess.Popen(
                list(self.command),
                env=inherited(**variables),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
            return self._child


def _kill(child: "subprocess.Popen[bytes]") -> None:
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    child.wait()
