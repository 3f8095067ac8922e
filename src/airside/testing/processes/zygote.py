"""The process that has imported Airflow, and forks one for each run; seen from the process of the test.

The process of a test imports no Airflow and is not forked: it may have threads, plugins and servers of its own, and
whatever a workflow does, happens elsewhere.
"""

import atexit
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from airside.base.errors import PlatformError
from airside.inspection.facts import Failure
from airside.inspection.protocol import Limits
from airside.testing.processes.conversation import Conversation
from airside.testing.processes.surroundings import variables
from airside.testing.processes.work import Work

_SAID: Final = 15
"""How many lines of a process that failed are shown."""

_END_SECONDS: Final = 2.0


class Zygote:
    """The process, started; one conversation at a time.

    Attributes:
        owner: The process that has started it: another one that was forked from that has to start its own.
        modules: What it is to have imported for each run, in order.
    """

    def __init__(self, options: Mapping[str, str], limits: Limits) -> None:
        """Start it, and do not wait for it: importing Airflow takes two seconds, in which others can work.

        Args:
            options: Environment variables beside those that it always has.
            limits: What one run may take, but for its time.

        Raises:
            PlatformError: This Python cannot be started again.
        """
        self.owner = os.getpid()
        self.modules: dict[str, None] = {}
        self._lock = threading.Lock()
        # It removes its home itself when this process is gone, however that ended.
        self.home = Path(tempfile.mkdtemp(prefix="airside-test-"))
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - it is read when the process has died
        limits_text = msgspec.json.encode(limits).decode()
        # Where every processor is busy with a process of xdist, work ahead only takes time from others.
        ahead = "late" if "PYTEST_XDIST_WORKER" in os.environ else "ahead"  # noqa: TID251 - pytest tells it no other way
        command = [sys.executable, "-P", "-m", "airside.testing.processes", limits_text, ahead]
        # What may be written to has to be there: the guard of the kernel allows the folder around it otherwise.
        for name in ("runs", "airflow/logs"):
            (self.home / name).mkdir(parents=True)
        try:
            self._process = subprocess.Popen(
                command,
                cwd=self.home / "airflow",
                env=variables(options, self.home / "airflow"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                bufsize=0,
                # An interrupt at the terminal is for pytest to handle.
                start_new_session=True,
            )
        except OSError as error:
            raise PlatformError(f"{sys.executable} cannot be started: {error.strerror}") from error
        assert self._process.stdin is not None and self._process.stdout is not None  # noqa: S101, PT018 - they are pipes
        self._requests, self._answers = self._process.stdin, self._process.stdout
        self._conversation = Conversation(self._requests.fileno(), self._answers.fileno())
        atexit.register(self.close)

    @property
    def is_usable(self) -> bool:
        """Whether this process may talk to it, and it lives."""
        return self.owner == os.getpid() and self._process.poll() is None

    def scratch(self) -> Path:
        """Make an empty folder for one run."""
        return Path(tempfile.mkdtemp(dir=self.home / "runs"))

    def do(self, work: Work, seconds: float) -> bytes | Failure:
        """Have a piece of work done in a process of its own, and return what it returned, or why it did not.

        Args:
            work: What.
            seconds: How long it may take.

        Raises:
            PlatformError: The process that forks for it has died.
        """
        with self._lock:
            answer = self._conversation.ask(work, seconds)
            return answer if answer is not None else self._killed()

    def close(self) -> None:
        """End it, and all that it has started."""
        atexit.unregister(self.close)
        if self.owner != os.getpid():
            return
        with contextlib.suppress(BrokenPipeError):
            self._requests.close()
        try:
            # One that still imports Airflow has nothing to end.
            self._process.wait(_END_SECONDS if self._conversation.is_ready else 0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._answers.close()
        self._errors.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def _killed(self) -> Failure:
        """Return what has ended the process.

        Raises:
            PlatformError: It was never ready.
        """
        self._process.kill()
        code = self._process.wait()
        shutil.rmtree(self.home, ignore_errors=True)
        end = f"signal {-code}" if code < 0 else f"exit code {code}"
        if self._conversation.is_ready:
            return Failure(kind="crash", message=f"the process that starts all runs was ended ({end})")
        self._errors.seek(0)
        said = "\n".join(self._errors.read().decode(errors="replace").strip().splitlines()[-_SAID:])
        raise PlatformError(
            f"The process that runs workflows ended ({end}):\n{said}".rstrip(":\n"),
            hint=f"`{sys.executable} -m airflow version` must work: Airflow belongs into the environment of pytest.",
        )
