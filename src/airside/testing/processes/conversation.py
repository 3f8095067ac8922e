"""What is said to a process that forks, and what it answers: one piece of work at a time."""

import os
from typing import Final

import msgspec

from airside.inspection.facts import Failure
from airside.inspection.protocol import Ended, Frames, Ready, Response, Run, Told, frame
from airside.testing.processes.work import Work

_CHUNK: Final = 1 << 20


class Conversation:
    """Two pipes.

    Attributes:
        is_ready: Whether the other side has ever said anything.
    """

    def __init__(self, requests: int, answers: int) -> None:
        """Say which descriptors lead to the other process, and from it."""
        self.is_ready = False
        self._requests, self._answers = requests, answers
        self._frames, self._waiting = Frames(), list[bytes]()
        self._number = 0

    def ask(self, work: Work, seconds: float) -> bytes | Failure | None:
        """Have a piece of work done, and return what it returned, or why it did not; None: the process has ended.

        Args:
            work: What.
            seconds: How long it may take.
        """
        self._number += 1
        payload = msgspec.msgpack.encode(work)
        # The server looks for links in the folder of the request; this work tells it of its own folders itself.
        request = Run(id=self._number, kind=work.kind, root=work.scratch, payload=payload, seconds=seconds)
        try:
            self._send(frame(request))
        except BrokenPipeError:
            return None
        return self._answer()

    def _answer(self) -> bytes | Failure | None:
        told = None
        while (message := self._receive()) is not None:
            match message:
                # What is left of a call that was interrupted has another number, and is passed over.
                case Told(id=self._number, payload=payload):
                    told = payload
                case Ended(id=self._number, failure=failure):
                    return failure if failure is not None else told
        return None

    def _send(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._requests, rest) :]

    def _receive(self) -> Response | None:
        while not self._waiting:
            data = os.read(self._answers, _CHUNK)
            if not data:
                return None
            self._waiting = self._frames.feed(data)
        answer: Response = msgspec.msgpack.decode(self._waiting.pop(0), type=Ready | Told | Ended)
        self.is_ready = True
        return answer
