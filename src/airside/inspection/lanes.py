"""One process at work, seen from the server that forked it: what it says, what it takes, how it ends."""

import contextlib
import os
import re
import select
import signal
import time
from collections.abc import Callable
from typing import Final, NoReturn

import msgspec

from airside.inspection import kernel
from airside.inspection.facts import Event, Failure, FailureKind, FileFacts
from airside.inspection.forking import EVENT, SHOW_STACK, Allowance, Ends, Job
from airside.inspection.protocol import Frames, frame_bytes
from airside.inspection.work import FILE

_CHUNK: Final = 1 << 18
_STACK_SECONDS: Final = 0.25
"""How long a process that is about to be killed may take to say where it is."""

_QUIET_SECONDS: Final = 0.03

Live = Callable[[Job, Ends, Allowance], NoReturn]
"""What a process does from its fork on."""

_FRAME: Final = re.compile(r'^  File "(?P<file>.*)", line (?P<line>\d+) in (?P<name>.*)$', re.MULTILINE)
"""A line of faulthandler."""
_ESCAPED: Final = re.compile(r"\\x[0-9a-f]{2}|\\u(?!d[89a-f])[0-9a-f]{4}|\\U[0-9a-f]{8}")
"""A letter in a path, as faulthandler writes it (`_Py_DumpASCII`), but half of a surrogate pair."""


class Lane:
    """A process, and the ends of its pipes.

    Attributes:
        job: What it does.
        pid: Its id, and that of its process group.
        started: When, on the monotonic clock.
        said: The kind and the bytes of its answer; None until there is one.
        jobs: Where further work is written to.
        done: How many jobs it has done before this one.
    """

    def __init__(self, job: Job, allowance: Allowance, closing: tuple[int, ...], live: Live) -> None:
        """Fork; the new process closes the descriptors `closing`, and lives."""
        jobs, self.jobs = os.pipe()
        pipes = [os.pipe() for _ in range(3)]
        self.job = job
        self.started = time.monotonic()
        self.said: tuple[bytes, bytes] | None = None
        self.done = 0
        self.pid = os.fork()
        if self.pid == 0:
            for descriptor in (*closing, self.jobs):
                os.close(descriptor)
            live(job, Ends(jobs, *(write for _, write in pipes)), allowance)
        os.close(jobs)
        with contextlib.suppress(OSError):
            # Both sides do it: whoever is first, nobody is ever killed by the group of another.
            os.setpgid(self.pid, self.pid)
        for read, write in pipes:
            os.close(write)
            os.set_blocking(read, False)
        self.result, self.output, self._stack = (read for read, _ in pipes)
        self._frames = Frames()
        self._events: list[Event] = []
        self._printed = 0

    def go_on(self, job: Job) -> None:
        """Give further work of the same kind to a process that is as it was before."""
        self.job, self.started = job, time.monotonic()
        self.said, self._events, self._printed = None, [], 0
        self.done += 1
        with contextlib.suppress(BrokenPipeError):
            # One that has died meanwhile is told of when it is reaped.
            view = memoryview(frame_bytes(job.payload))
            while view:
                view = view[os.write(self.jobs, view) :]

    @property
    def deadline(self) -> float:
        """When it is over, on the monotonic clock."""
        return self.started + self.job.seconds

    @property
    def printed(self) -> int:
        """Bytes that it has printed."""
        return self._printed

    def read_result(self) -> None:
        """Take what it has said so far."""
        for body in self._frames.feed(_available(self.result)):
            if body[:1] == EVENT:
                self._events.append(msgspec.msgpack.decode(body[1:], type=Event))
            else:
                self.said = body[:1], body[1:]

    def read_output(self) -> bool:
        """Count what it has printed so far, and forget it; return False at the end of the pipe or of the data."""
        try:
            size = len(os.read(self.output, _CHUNK))
        except BlockingIOError:
            return False
        self._printed += size
        return size > 0

    def memory(self, idle: int) -> int:
        """Return the bytes that it and its children take above the `idle` ones of a process that does nothing."""
        family = [self.pid, *kernel.children(self.pid)]
        return sum(max(0, kernel.resident_bytes(pid) - idle) for pid in family)

    def stack(self) -> str:
        """Return where it is, as a traceback; empty where it cannot say."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, SHOW_STACK)
        said, patience = b"", _STACK_SECONDS
        # It writes word by word: the end is where nothing more comes.
        while select.select([self._stack], [], [], patience)[0] and (more := _available(self._stack)):
            said, patience = said + more, _QUIET_SECONDS
        return _as_traceback(said)

    def last_stack(self) -> str:
        """Return where it was when it crashed, as a traceback; empty where it has not said."""
        return _as_traceback(_available(self._stack))

    def failed(self, kind: FailureKind, message: str, traceback: str) -> FileFacts:
        """Return what is known of the file of a process that has not answered."""
        return FileFacts(
            file=self.job.payload.decode(),
            failures=(Failure(kind=kind, message=message, traceback=traceback),),
            events=tuple(self._events),
            seconds=time.monotonic() - self.started,
        )

    @property
    def reads_a_file(self) -> bool:
        """Whether its answer is a `FileFacts`."""
        return self.job.kind == FILE

    def kill(self) -> None:
        """End it and its process group, and let go of it."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        for descriptor in (self.jobs, self.result, self.output, self._stack):
            os.close(descriptor)


def how_it_ended(status: int) -> str:
    """Return the end of a process in words, from what `os.waitpid` said."""
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return f"exit code {code}"
    name = signal.Signals(-code).name if -code in signal.valid_signals() else f"signal {-code}"
    return f"{name} ({signal.strsignal(-code)})"


def _as_traceback(said: bytes) -> str:
    """Return what faulthandler has written, innermost frame first, as Python writes a traceback."""
    frames = [match.groups() for match in _FRAME.finditer(_unescaped(said.decode(errors="replace")))]
    lines = [f'  File "{file}", line {line}, in {name}\n' for file, line, name in reversed(frames)]
    return "Traceback (most recent call last):\n" + "".join(lines) if lines else ""


def _unescaped(text: str) -> str:
    """Return text of faulthandler with the letters that it writes as numbers: all but those of ASCII."""
    return _ESCAPED.sub(lambda match: chr(int(match[0][2:], 16)), text)  # noqa: FURB166 - no literal of Python


def _available(descriptor: int) -> bytes:
    """Return what a pipe holds now."""
    data = bytearray()
    with contextlib.suppress(BlockingIOError):
        while chunk := os.read(descriptor, _CHUNK):
            data += chunk
    return bytes(data)
