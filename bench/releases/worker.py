"""A process with Airflow imported that measures what it is told to. A program of its own: one JSON line in, one out.

`start` measures in new processes, forked from this one as Airflow's supervisor forks a process for each task:
imports are done, connections are not open. `hold` and `refresh` measure in this process, which lives on like a
dag processor.
"""

import gc
import json
import os
import sys
import time
from pathlib import Path
from typing import Any, TextIO

from bench.releases.subjects import Subject, make, prepare

MIB = 1024
PAUSE = 0.1
"""Seconds that a disk gets for what it does after a sync, such as trimming freed blocks."""


def memory(field: str) -> int:
    """Return a figure of this process's memory, in KiB."""
    status = Path("/proc/self/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith(f"{field}:")))


def measured(subject: Subject, call: str) -> dict[str, float]:
    """Call a method of `subject` and return its milliseconds, and the MiB by which the process grew at its peak."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew (Linux)
    before = memory("VmRSS")
    started = time.perf_counter()
    getattr(subject, call)()
    taken = time.perf_counter() - started
    return {"ms": taken * 1000, "mib": (memory("VmHWM") - before) / MIB}


def settle() -> None:
    """Write out what others have written before, so that nobody pays for it."""
    os.sync()
    time.sleep(PAUSE)


class Worker:
    """Carries out commands."""

    def __init__(self) -> None:
        self._held: Subject | None = None

    def start(self, kind: str, subjects: list[dict[str, Any]]) -> dict[str, Any]:
        """Start every one of `subjects` in a new process, all at the same moment."""
        gate_out, gate_in = os.pipe()
        children = [_Child(kind, arguments, gate_out, gate_in) for arguments in subjects]
        os.close(gate_out)
        for child in children:
            child.until_ready()
        settle()
        started = time.perf_counter()
        os.close(gate_in)
        each = [child.result() for child in children]
        return {"wall": (time.perf_counter() - started) * 1000, "each": each}

    def hold(self, kind: str, arguments: dict[str, Any]) -> dict[str, float]:
        """Start a subject in this process and keep it."""
        self._held = make(kind, arguments)
        return measured(self._held, "start")

    def refresh(self, file: str = "", text: str = "") -> dict[str, float]:
        """Refresh until `file` below the subject's path ends with `text`."""
        if self._held is None:
            raise RuntimeError("Nothing is held")
        if file:  # something was written
            settle()
        taken = measured(self._held, "refresh")
        while file and not (self._held.path / file).read_text().endswith(text):
            taken["ms"] += measured(self._held, "refresh")["ms"]
        return taken


class _Child:
    """A process that starts one subject when the gate opens, that is, when its writing end is closed everywhere."""

    def __init__(self, kind: str, arguments: dict[str, Any], gate_out: int, gate_in: int) -> None:
        reading, writing = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(gate_in)
            _start_and_leave(kind, arguments, gate_out, writing)
        os.close(writing)
        self._answers = os.fdopen(reading)

    def until_ready(self) -> None:
        self._answers.readline()

    def result(self) -> dict[str, float]:
        with self._answers:
            line = self._answers.readline()
        os.waitpid(self._pid, 0)
        if not line:
            raise RuntimeError("A measured process ended before its time; see the worker's log")
        result: dict[str, float] = json.loads(line)
        return result


def _start_and_leave(kind: str, arguments: dict[str, Any], gate: int, answers: int) -> None:
    code = 1
    try:
        subject = make(kind, arguments)
        os.write(answers, b"ready\n")
        os.read(gate, 1)
        os.write(answers, json.dumps(measured(subject, "start")).encode() + b"\n")
        code = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
        raise
    finally:
        sys.stderr.flush()
        os._exit(code)  # no exit handler of the parent may run here


def answers_to(stdout: int) -> TextIO:
    """Return a way to the driver, and send to stderr what Airflow and its providers print."""
    answers = os.fdopen(os.dup(stdout), "w")
    os.dup2(2, stdout)
    return answers


def main(kind: str) -> None:
    """Obey until the input ends."""
    answers = answers_to(1)
    prepare(kind)
    gc.freeze()  # fewer pages to copy in each forked process
    worker = Worker()
    for line in sys.stdin:
        command = json.loads(line)
        answer = getattr(worker, command.pop("do"))(**command)
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
