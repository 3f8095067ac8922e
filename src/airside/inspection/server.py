"""The loop of the inspection server: requests in, processes forked, answers out.

It runs no code of the workspace itself. What it forks is watched from outside: a process that does not answer in time,
or takes too much, is killed with its whole group, and whatever it left behind is found (this process adopts orphans)
and killed as well.
"""

import contextlib
import gc
import os
import selectors
import signal
import socket
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from airside.inspection import discovery, kernel
from airside.inspection.facts import Failure, FailureKind
from airside.inspection.forking import CLEAN, FAILURE, Allowance, Job, live
from airside.inspection.lanes import Lane, Live, how_it_ended
from airside.inspection.places import Tree
from airside.inspection.protocol import Ended, Frames, Inspect, Limits, Ready, Request, Response, Run, Told, frame
from airside.inspection.work import FILE

_CHUNK: Final = 1 << 18
_MEBIBYTE: Final = 1 << 20
_JOBS_OF_A_LANE: Final = 32
"""After so many files a process makes room for one without their garbage."""

_WATCHED_AFTER: Final = 0.1
_WATCH_SECONDS: Final = 0.05
"""Most processes end before their memory has to be looked at."""


@dataclass(frozen=True, slots=True)
class Trade:
    """What the processes of a server do.

    Attributes:
        live: From their fork on.
        prepare: Called with each `Run` before a process gets it: what this imports, that process has. Returns whether
            it has imported anything.
        spare: What a process does first that is forked before there is work for it; None: there is no such process.
    """

    live: Live
    prepare: Callable[[Run], bool] = lambda _: False
    spare: Job | None = None


INSPECTING: Final = Trade(live)


class Server:
    """The state of the loop.

    Attributes:
        ended: Nobody listens any more.
    """

    def __init__(self, requests: int, answers: int, limits: Limits, trade: Trade = INSPECTING) -> None:
        """Say how to serve.

        Args:
            requests: Where they are read.
            answers: Where they are written.
            limits: What one process may take.
            trade: What its processes do.
        """
        self.ended = False
        self._trade = trade
        self._spare: Lane | None = None
        self._requests, self._answers = requests, answers
        self._limits = limits
        self._in, self._out = Frames(), bytearray()
        self._queue: deque[Job] = deque()
        self._lanes: dict[int, Lane] = {}
        self._asked: int | None = None
        self._selector = selectors.DefaultSelector()
        self._selector.register(requests, selectors.EVENT_READ, self._read_requests)
        os.set_blocking(answers, False)
        self._watch_children()
        self._idle = kernel.resident_bytes(os.getpid())
        self._say(Ready())

    def serve(self) -> None:
        """Answer requests until nobody listens, and leave no process behind."""
        try:
            self._keep_a_spare()
            while not self.ended:
                for key, _ in self._selector.select(self._patience()):
                    # A lane that ended a moment ago has taken its descriptors with it.
                    if key.fd in self._selector.get_map():
                        key.data()
                self._enforce()
                self._fill()
                self._keep_a_spare()
        finally:
            self._leave_nothing()

    def _leave_nothing(self) -> None:
        """Kill until there is no child: what a process has started comes to us only when that has ended."""
        self._cancel()
        self._dismiss()
        with contextlib.suppress(ChildProcessError):
            while True:
                self._sweep()
                os.waitpid(-1, 0)

    def _watch_children(self) -> None:
        wake, self._wake = socket.socketpair()
        wake.setblocking(False)
        self._wake.setblocking(False)
        self._waker = wake
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._selector.register(self._wake, selectors.EVENT_READ, self._child_ended)

    # Requests and answers.

    def _read_requests(self) -> None:
        data = os.read(self._requests, _CHUNK)
        if not data:
            self.ended = True
        for body in self._in.feed(data):
            self._cancel()
            self._accept(msgspec.msgpack.decode(body, type=Request))

    def _accept(self, request: Request) -> None:
        self._asked = request.id
        tree = Tree(Path(request.root))
        if isinstance(request, Run):
            if self._trade.prepare(request):
                self._dismiss()
            self._queue.append(Job(request.id, request.kind, tree, request.payload, request.seconds))
        else:
            self._queue.extend(self._files(request, tree))
            discovery.import_config_parts(tree)
            discovery.import_airflow_parts(tree.root / job.payload.decode() for job in self._queue)
        # What is there now is shared with every process to come; their collector need not look at it.
        gc.freeze()
        self._idle = kernel.resident_bytes(os.getpid())
        self._finish()

    def _files(self, request: Inspect, tree: Tree) -> list[Job]:
        files, faults = discovery.list_files(tree) if request.files is None else (request.files, ())
        for fault in faults:
            self._say(Told(id=request.id, payload=msgspec.msgpack.encode(fault)))
        return [Job(request.id, FILE, tree, file.encode(), self._limits.seconds) for file in files]

    def _say(self, answer: Response) -> None:
        self._out += frame(answer)
        self._write_answers()

    def _write_answers(self) -> None:
        try:
            while self._out:
                del self._out[: os.write(self._answers, self._out)]
        except BlockingIOError:
            pass
        except BrokenPipeError:
            self.ended = True
            return
        waiting = self._answers in self._selector.get_map()
        if self._out and not waiting:
            # A slow reader must not keep us from our duties to the processes.
            self._selector.register(self._answers, selectors.EVENT_WRITE, self._write_answers)
        elif waiting and not self._out:
            self._selector.unregister(self._answers)

    def _finish(self, failure: Failure | None = None) -> None:
        if self._asked is not None and not self._queue and not self._lanes:
            self._say(Ended(id=self._asked, failure=failure))
            self._asked = None

    # Processes.

    def _fill(self) -> None:
        while self._queue and len(self._lanes) < self._limits.jobs:
            lane = self._lane(self._queue.popleft())
            self._lanes[lane.pid] = lane
            self._selector.register(lane.result, selectors.EVENT_READ, lambda lane=lane: self._read_result(lane))
            self._selector.register(lane.output, selectors.EVENT_READ, lambda lane=lane: self._read_output(lane))

    def _lane(self, job: Job) -> Lane:
        lane, self._spare = self._spare, None
        if lane is None:
            return self._fork(job)
        lane.go_on(job)
        return lane

    def _fork(self, job: Job) -> Lane:
        data = kernel.data_bytes()
        allowance = Allowance(data + self._limits.memory_mib * _MEBIBYTE, self._limits.network)
        others = (lane.jobs for lane in self._lanes.values())
        return Lane(job, allowance, (self._requests, self._answers, *others), self._trade.live)

    def _keep_a_spare(self) -> None:
        """Fork a process for the next request, while nobody waits."""
        if self._trade.spare is not None and self._spare is None and not self._lanes:
            self._spare = self._fork(self._trade.spare)

    def _dismiss(self) -> None:
        lane, self._spare = self._spare, None
        if lane is not None:
            lane.kill()

    def _read_output(self, lane: Lane) -> None:
        if not lane.read_output():
            self._selector.unregister(lane.output)

    def _read_result(self, lane: Lane) -> None:
        lane.read_result()
        if lane.said is None:
            return
        while lane.read_output():
            pass
        kind, payload = lane.said
        if kind == FAILURE:
            self._forget(lane)
            self._tell_failure(lane, msgspec.msgpack.decode(payload, type=Failure))
            return
        told = Told(id=lane.job.request, payload=payload, printed=lane.printed)
        if kind == CLEAN and self._queue and lane.done < _JOBS_OF_A_LANE:
            lane.go_on(self._queue.popleft())
        else:
            self._forget(lane)
        self._say(told)
        self._finish()

    def _child_ended(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._wake.recv(_CHUNK)
        self._sweep()

    def _sweep(self) -> None:
        """Reap what has ended, and kill what nobody answers for."""
        with contextlib.suppress(ChildProcessError):
            while (end := os.waitpid(-1, os.WNOHANG))[0]:
                if lane := self._lanes.get(end[0]):
                    self._lost(lane, end[1])
                elif self._spare is not None and self._spare.pid == end[0]:
                    self._dismiss()
        ours = {*self._lanes, self._spare.pid if self._spare is not None else 0}
        for pid in kernel.children(os.getpid()):
            if pid not in ours:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def _lost(self, lane: Lane, status: int) -> None:
        """Tell of a process that has ended: its answer may still be in the pipe."""
        self._read_result(lane)
        if lane.pid in self._lanes:
            self._end(lane, "crash", how_it_ended(status), lane.last_stack())

    def _enforce(self) -> None:
        now = time.monotonic()
        for lane in list(self._lanes.values()):
            if now >= lane.deadline:
                self._end(lane, "timeout", f"it was not done after {lane.job.seconds:g} s", lane.stack())
            elif now >= lane.started + _WATCHED_AFTER and lane.memory(self._idle) > self._limits.memory_mib * _MEBIBYTE:
                self._end(lane, "memory", f"it takes more than {self._limits.memory_mib} MiB of memory", lane.stack())

    def _end(self, lane: Lane, kind: FailureKind, message: str, stack: str) -> None:
        while lane.read_output():
            pass
        self._forget(lane)
        self._tell_failure(lane, Failure(kind=kind, message=message, traceback=stack))

    def _tell_failure(self, lane: Lane, failure: Failure) -> None:
        if lane.reads_a_file:
            facts = lane.failed(failure.kind, failure.message, failure.traceback)
            self._say(Told(id=lane.job.request, payload=msgspec.msgpack.encode(facts), printed=lane.printed))
        self._finish(failure)

    def _forget(self, lane: Lane) -> None:
        for descriptor in (lane.result, lane.output):
            if descriptor in self._selector.get_map():
                self._selector.unregister(descriptor)
        del self._lanes[lane.pid]
        lane.kill()

    def _cancel(self) -> None:
        self._queue.clear()
        for lane in list(self._lanes.values()):
            self._forget(lane)

    def _patience(self) -> float | None:
        """Return how long nothing has to be looked at, in seconds; None for ever."""
        if not self._lanes:
            return None
        deadline = min(lane.deadline for lane in self._lanes.values())
        return max(0.0, min(deadline - time.monotonic(), _WATCH_SECONDS))
