"""The life of a process that does one piece of work, from the fork to its end."""

import contextlib
import faulthandler
import os
import resource
import signal
import sys
import traceback
from dataclasses import dataclass
from typing import Final, NoReturn

import msgspec
from airflow.dag_processing.importers import python_importer

from airside.inspection import kernel, lookups
from airside.inspection.facts import Event, Failure
from airside.inspection.places import Tree
from airside.inspection.protocol import LENGTH, frame_bytes
from airside.inspection.recording import Recorder
from airside.inspection.traces import State
from airside.inspection.work import KINDS
from airside.running.current import LOCAL, VARIABLE
from airside.running.serving import announce

SHOW_STACK: Final = signal.SIGUSR1
"""Makes the process write where it is, without running a line of Python."""

EVENT, RESULT, CLEAN, FAILURE = b"E", b"R", b"C", b"F"
"""The first byte of each message: something that happened; what the work returned; the same, and the process is as it
was before; why it returned nothing."""


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work for a process of its own.

    Attributes:
        request: The id of the request that it belongs to.
        kind: A key of `airside.inspection.work.KINDS`.
        tree: Where.
        payload: With what.
        seconds: How long it may take.
    """

    request: int
    kind: str
    tree: Tree
    payload: bytes
    seconds: float


@dataclass(frozen=True, slots=True)
class Ends:
    """The ends of its pipes that a process has.

    Attributes:
        jobs: Payloads of further work of the same kind, each with its length; the only one to read from.
        result: Messages.
        output: What the work prints.
        stack: Where it was when it crashed, or took too long.
    """

    jobs: int
    result: int
    output: int
    stack: int


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a process may take and do.

    Attributes:
        data_bytes: RLIMIT_DATA.
        network: Whether it may use the network.
    """

    data_bytes: int
    network: bool


def live(job: Job, ends: Ends, allowance: Allowance) -> NoReturn:
    """Do the work in this process, which was just forked for it, and end."""
    own = os.getpid()
    recorder = _settle(job, ends, allowance)
    payload = job.payload
    while True:
        try:
            said = _work(job, payload, recorder, allowance)
        except BaseException:  # noqa: BLE001 - whatever it is, the other side has to be told
            failure = Failure(kind="exception", message="the inspection failed", traceback=traceback.format_exc())
            said = FAILURE + msgspec.msgpack.encode(failure)
        # A file that forks comes here twice, and the second time it is nobody's answer.
        if os.getpid() == own:
            with contextlib.suppress(OSError, ValueError, AttributeError):
                sys.stdout.flush()
                sys.stderr.flush()
            write(ends.result, said)
        if os.getpid() != own or said[:1] != CLEAN:
            # Threads and exit handlers of what the DAG file imported are nobody's concern.
            os._exit(0)
        payload = next_payload(ends.jobs)


def take_over(ends: Ends, *, copies_die: bool = True) -> None:
    """Make this process, which was just forked, one of its own, which says where it is when it is asked.

    Args:
        ends: Of its conversation.
        copies_die: Whether what it forks is killed when the thread that forked it ends. A daemon outlives the one that
            forked it by design.
    """
    os.setpgid(0, 0)
    kernel.die_with_parent()
    if copies_die:
        os.register_at_fork(after_in_child=kernel.die_with_parent)
    os.dup2(ends.output, 1)
    os.dup2(ends.output, 2)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # The parent has read a sample, and has that handler.
    signal.signal(signal.SIGSEGV, signal.SIG_DFL)
    faulthandler.enable(file=ends.stack, all_threads=False)
    faulthandler.register(SHOW_STACK, file=ends.stack, all_threads=False)
    # Airflow's handler of SIGSEGV returns to the instruction that failed, for ever (python_importer.py 3.3.2).
    python_importer.signal = _Signals()


def write(result: int, said: bytes) -> None:
    """Send a message."""
    view = memoryview(frame_bytes(said))
    while view:
        view = view[os.write(result, view) :]


def _settle(job: Job, ends: Ends, allowance: Allowance) -> Recorder:
    take_over(ends)
    # Airflow's own modules may be cached; the tree stays as it is.
    sys.dont_write_bytecode = True
    # As Airflow's BundleDagBag does, but before the state of this process is noted.
    sys.path.append(str(job.tree.root))
    # As the bundles do, for code that asks for a config while it is imported.
    announce(job.tree.root, os.environ.get(VARIABLE, LOCAL))  # noqa: TID251 - what this server was started for

    def tell(event: Event) -> None:
        write(ends.result, EVENT + msgspec.msgpack.encode(event))

    recorder = Recorder(job.tree, network=allowance.network, tell=tell)
    lookups.answer_for(recorder)
    recorder.start()
    return recorder


class _Signals:
    """The module `signal`, in which SIGSEGV cannot be handled."""

    def __getattr__(self, name: str) -> object:
        return getattr(signal, name)

    @staticmethod
    def signal(number: int, handler: object) -> object:
        """Set a handler, but for SIGSEGV."""
        return None if number == signal.SIGSEGV else signal.signal(number, handler)  # type: ignore[arg-type]


def _work(job: Job, payload: bytes, recorder: Recorder, allowance: Allowance) -> bytes:
    before = State.now()
    recorder.begin()
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (allowance.data_bytes, hard))
    try:
        said, clean = KINDS[job.kind](job.tree, payload, recorder)
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))
    return (CLEAN if clean and State.now() == before else RESULT) + said


def next_payload(jobs: int) -> bytes:
    """Wait for further work; at the end of the pipe there is none, and this process ends."""
    return _read(jobs, int.from_bytes(_read(jobs, LENGTH), "big"))


def _read(jobs: int, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        if not (more := os.read(jobs, size - len(data))):
            os._exit(0)
        data += more
    return bytes(data)
