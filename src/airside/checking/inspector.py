"""Reading DAG files in the Python of the workspace: a warm server imports Airflow once, and forks for each file."""

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

import msgspec

from airside.base.errors import FindingsError, PlatformError
from airside.inspection.facts import FileFacts
from airside.inspection.protocol import (
    VERSION,
    Ended,
    Frames,
    Inspect,
    Limits,
    Ready,
    Request,
    Response,
    Run,
    Told,
    frame,
)

__all__ = ["Inspector", "Limits"]

_CHUNK: Final = 1 << 18
_SAID: Final = 15
"""How many lines of a server that failed are shown."""

_END_SECONDS: Final = 5.0

_CONFIG: Final = """\
[core]
load_examples = False
dagbag_import_error_traceback_depth = 1000
[logging]
logging_level = CRITICAL
"""

_QUIET: Final = {
    # As a library Airflow neither configures an ORM nor reads its local settings: half a second less.
    "_AIRFLOW__AS_LIBRARY": "1",
    # As the process of the dag processor that reads a file (airflow/dag_processing/processor.py 3.3.2).
    "_AIRFLOW_PROCESS_CONTEXT": "client",
    "PYTHONNOUSERSITE": "1",
    # The same tree has to give the same findings: no set of texts in another order.
    "PYTHONHASHSEED": "0",
    # Libraries for numbers make a thread, and its memory, for each processor when they are imported.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


class Inspector:
    """A warm inspection server; a context manager, whose end leaves no process behind.

    It is one conversation: at one time, one thread uses it. A call ends the one before it, read to its end or not.
    """

    def __init__(self, python: Path, *, environment: Mapping[str, str], limits: Limits) -> None:
        """Say what to start; nothing is started before `with`.

        Args:
            python: The interpreter of an environment with Airflow and Airside.
            environment: Further variables, such as ``AIRFLOW__CORE__…`` and ``AIRFLOW_VAR_…`` of the workspace.
            limits: What one file may take.
        """
        self._python = python
        self._environment = environment
        self._limits = limits
        self._stack = contextlib.ExitStack()
        self._server: subprocess.Popen[bytes] | None = None
        self._frames = Frames()
        self._waiting: list[bytes] = []
        self._request = 0
        self._ready = False

    def __enter__(self) -> Self:
        """Start the server, and do not wait for it: importing Airflow takes a second, in which others can work.

        Raises:
            PlatformError: The interpreter cannot be run.
        """
        home = Path(
            self._stack.enter_context(tempfile.TemporaryDirectory(prefix="airside-check-", ignore_cleanup_errors=True))
        )
        self._errors: IO[bytes] = self._stack.enter_context(tempfile.TemporaryFile())
        for name in ("airflow", "work", "tmp"):
            (home / name).mkdir()
        (home / "airflow" / "airflow.cfg").write_text(_CONFIG)
        limits = msgspec.json.encode(self._limits).decode()
        try:
            self._server = subprocess.Popen(
                # Safe path: a module in the working folder must not shadow one of the workspace.
                [str(self._python), "-P", "-m", "airside.inspection", limits],
                cwd=home / "work",
                env=self._variables(home),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                bufsize=0,
                # An interrupt at the terminal is ours to handle.
                start_new_session=True,
            )
        except OSError as error:
            self._stack.close()
            raise PlatformError(
                f"{self._python} cannot be run: {error.strerror}", hint="Run `airside up` to make it anew."
            ) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End the server and all that it has started."""
        server, self._server = self._server, None
        if server is not None:
            assert server.stdin is not None and server.stdout is not None  # noqa: S101, PT018 - they are pipes
            with contextlib.suppress(BrokenPipeError):
                server.stdin.close()
            try:
                server.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
            server.stdout.close()
        self._stack.close()

    def inspect(self, root: Path, files: Sequence[str] | None) -> Iterator[FileFacts]:
        """Read DAG files, each in a process of its own, and yield what came of each, as they are done.

        Args:
            root: The folder that Airflow would read.
            files: Paths in it; None is every file that Airflow would list. An ignore file that Airflow fails on comes
                as the `FileFacts` of that file.

        Raises:
            PlatformError: The server cannot be started, or has died.
        """
        request = Inspect(id=self._next(), root=str(root.absolute()), files=None if files is None else tuple(files))
        for answer in self._conversation(request):
            if isinstance(answer, Told):
                facts = msgspec.msgpack.decode(answer.payload, type=FileFacts)
                yield msgspec.structs.replace(facts, printed=answer.printed)

    def run(self, kind: str, root: Path, payload: bytes, *, seconds: float) -> bytes:
        """Do other work in a process of its own, and return what it returned.

        Args:
            kind: What: a key of the table in `airside.inspection.work`.
            root: The folder with the tree.
            payload: For the work.
            seconds: Wall-clock time.

        Raises:
            FindingsError: It took too long or too much, or ended its process.
            PlatformError: The work failed, or the server has died.
        """
        result = None
        request = Run(id=self._next(), kind=kind, root=str(root.absolute()), payload=payload, seconds=seconds)
        for answer in self._conversation(request):
            if isinstance(answer, Told):
                result = answer.payload
            elif isinstance(answer, Ended) and answer.failure is not None:
                failed = FindingsError if answer.failure.kind != "exception" else PlatformError
                said = f"\n{answer.failure.traceback}" if answer.failure.traceback else ""
                raise failed(f"The work `{kind}` beside Airflow failed: {answer.failure.message}{said}".rstrip())
        if result is None:
            raise self._died()
        return result

    def _next(self) -> int:
        self._request += 1
        return self._request

    def _conversation(self, request: Request) -> Iterator[Response]:
        """Send a request and yield its answers; what is left of an earlier one is passed over."""
        if not self._ready:
            self._expect_ready()
        self._send(request)
        while True:
            answer = self._receive()
            if isinstance(answer, Ready) or answer.id != request.id:
                continue
            yield answer
            if isinstance(answer, Ended):
                return

    def _expect_ready(self) -> None:
        answer = self._receive()
        if not isinstance(answer, Ready) or answer.version != VERSION:
            raise PlatformError(
                f"The environment of {self._python} has another version of Airside",
                hint="Run `airside up`, which brings it up to date.",
            )
        self._ready = True

    def _send(self, request: Request) -> None:
        server = self._running()
        assert server.stdin is not None  # noqa: S101 - it is a pipe
        data = memoryview(frame(request))
        try:
            while data:
                data = data[server.stdin.write(data) or 0 :]
        except BrokenPipeError as error:
            raise self._died() from error

    def _receive(self) -> Response:
        server = self._running()
        assert server.stdout is not None  # noqa: S101 - it is a pipe
        while not self._waiting:
            data = os.read(server.stdout.fileno(), _CHUNK)
            if not data:
                raise self._died()
            self._waiting = self._frames.feed(data)
        try:
            answer: Response = msgspec.msgpack.decode(self._waiting.pop(0), type=Response)
        except msgspec.DecodeError as error:
            raise PlatformError(
                f"The environment of {self._python} has another version of Airside: {error}",
                hint="Run `airside up`, which brings it up to date.",
            ) from error
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._server is None:
            raise PlatformError("The inspection server is not running", hint="Use the inspector in a `with` block.")
        return self._server

    def _died(self) -> PlatformError:
        server = self._running()
        try:
            code = server.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            code = 0
        end = f"signal {-code}" if code < 0 else f"exit code {code}"
        self._errors.seek(0)
        said = "\n".join(self._errors.read().decode(errors="replace").strip().splitlines()[-_SAID:])
        return PlatformError(
            f"The Python that reads the DAG files ended ({end}):\n{said}".rstrip(":\n"),
            hint=f"`{self._python} -m airside.inspection` needs Airflow and Airside there: `airside up` installs both.",
        )

    def _variables(self, home: Path) -> dict[str, str]:
        variables = {
            "PATH": f"{self._python.parent}:/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            **dict(self._environment),
            **_QUIET,
            "HOME": str(home / "tmp"),
            "TMPDIR": str(home / "tmp"),
            "AIRFLOW_HOME": str(home / "airflow"),
        }
        return {name: value for name, value in variables.items() if value}
