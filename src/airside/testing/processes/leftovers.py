"""What a workflow leaves running when all its tasks have ended: threads, and copies of its process.

Both end with the process of the run. In production they would keep a worker from its end.
"""

import os
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import thread as pools
from multiprocessing import active_children
from pathlib import Path
from types import CodeType
from typing import Any, Final

from airside.inspection import kernel
from airside.testing.outcome import Failure
from airside.testing.tasks.places import Place, Places

COPY: Final = 77
"""The exit code of a copy that came to the end of the run."""

_PATIENCE: Final = 0.5
"""Seconds that a thread may take to end."""


class Leftovers:
    """Watches where a process is forked, and tells what is left."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._forked: Place | None = None

    def watch(self) -> None:
        """Note from now on where this process forks."""
        sys.addaudithook(self._hook)

    def _hook(self, event: str, _: tuple[Any, ...]) -> None:
        if event == "os.fork":
            self._forked = self._places.of_frames(sys._getframe(1)) or self._forked  # noqa: SLF001 - documented

    def found(self) -> Failure | None:
        """Return what is left; None when nothing is."""
        if left := _threads():
            return self._thread(left[0])
        if self._forked is not None and any(_copies()):
            file, line = self._forked
            return Failure(
                "ProcessLeft", "a task forked, and the copy did not end: end it with `os._exit`", "", file, line
            )
        return None

    def _thread(self, thread: threading.Thread) -> Failure:
        code = _code(thread)
        file = self._places.inside(code.co_filename) if code is not None else None
        line = code.co_firstlineno if code is not None and file is not None else None
        said = f"the thread {thread.name!r} does not end, and a worker would wait for it: join it, or make it a daemon"
        return Failure("ThreadLeft", said, "", file, line)


def _threads() -> list[threading.Thread]:
    """Return the threads that Python would wait for when it ends, after some patience."""
    others = [thread for thread in threading.enumerate() if thread is not threading.main_thread() and not thread.daemon]
    if not others:
        return []
    # As Python does before it waits for them: those of a pool that was not shut down end by themselves.
    for queue in list(pools._threads_queues.values()):  # noqa: SLF001 - there is no other way to do it without waiting
        queue.put(None)
    end = time.monotonic() + _PATIENCE
    for thread in others:
        thread.join(max(0.0, end - time.monotonic()))
    return [thread for thread in others if thread.is_alive()]


def _copies() -> Iterator[int]:
    """Yield the processes that are copies of this one, and live or came to the end of the run."""
    served = {process.pid for process in active_children() if process.daemon}
    own = _command("self")
    for pid in kernel.children(os.getpid()):
        try:
            ended, status = os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            continue
        is_copy = os.waitstatus_to_exitcode(status) == COPY if ended else _command(str(pid)) == own
        if is_copy and pid not in served:
            yield pid


def _command(pid: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _code(thread: threading.Thread) -> CodeType | None:
    """Return the code that a thread runs."""
    function = getattr(thread, "_target", None) or getattr(thread, "function", None) or type(thread).run
    return getattr(function, "__code__", None)
