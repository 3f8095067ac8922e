"""The loop of a watcher: asks the sources, each in a thread of its own, and feeds one engine."""

import queue
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from airside.alerts.engine import Engine
from airside.alerts.event import Event
from airside.alerts.ports import Source
from airside.alerts.telling import Line, Tell
from airside.base.errors import AirsideError
from airside.release.silence import Silence

LAST_WORDS: Final = 2.0
"""Seconds that a message on its way has to arrive when the watcher is stopped; later it is sent by the next one."""

_TICK: Final = 0.2
_SILENCE_SECONDS: Final = 10.0

ReadSilences = Callable[[], tuple[Silence, ...]]
Redact = Callable[[Event], Event]


@dataclass(slots=True)
class _Batch:
    """What a source has told, until the engine has it.

    Attributes:
        events: What happened.
        is_taken: Set when the engine has answered.
        is_durable: The engine has it on disk.
    """

    events: Sequence[Event]
    is_taken: threading.Event = field(default_factory=threading.Event)
    is_durable: bool = False


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a watcher listens to.

    Attributes:
        sources: What it asks, by name.
        redact: Takes the secrets out of an event.
        silences: Reads those that hold.
    """

    sources: Mapping[str, Source]
    redact: Redact
    silences: ReadSilences


class Watcher:
    """Watches until it is stopped.

    Args:
        engine: What it feeds.
        inputs: What it listens to.
        interval: Seconds between two questions to a source.
        tell: Is told each change of a source.
    """

    def __init__(self, engine: Engine, inputs: Inputs, interval: float, tell: Tell) -> None:
        self._engine, self._inputs, self._interval, self._tell = engine, inputs, interval, tell
        self._batches = queue.SimpleQueue[_Batch | BaseException]()
        self._stopping = threading.Event()
        self._asked_for_silences = threading.Event()

    def run(self) -> None:
        """Watch until `stop` is called, or the thread is ended by an exception.

        Raises:
            BaseException: What a source met and did not expect.
        """
        sources = self._inputs.sources.items()
        threads = [self._thread(name, partial(self._ask, name, source)) for name, source in sources]
        threads.append(self._thread("silences", self._follow_silences))
        for thread in threads:
            thread.start()
        try:
            while not self._stopping.is_set():
                self._step()
        finally:
            self.stop()
            self._finish()

    def stop(self) -> None:
        """End `run` soon. May be called by any thread."""
        self._stopping.set()

    def _step(self) -> None:
        for batch in self._next_batches():
            self._engine.feed(map(self._inputs.redact, batch.events))
            batch.is_durable = self._engine.is_saved
            batch.is_taken.set()
        self._engine.turn()

    def _next_batches(self) -> Iterable[_Batch]:
        """Yield what has come, waiting for it a moment."""
        try:
            batch = self._batches.get(timeout=_TICK)
            while True:
                if isinstance(batch, BaseException):
                    raise batch
                yield batch
                batch = self._batches.get_nowait()
        except queue.Empty:
            return

    def _finish(self) -> None:
        ends = time.monotonic() + LAST_WORDS
        self._engine.settle()
        while self._engine.is_sending and time.monotonic() < ends:
            time.sleep(_TICK / 4)
            self._engine.settle()

    def _thread(self, name: str, work: Callable[[], None]) -> threading.Thread:
        def run() -> None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - it is raised again, in the thread that can show it
                self._batches.put(error)

        return threading.Thread(target=run, name=f"airside-alerts-{name}", daemon=True)

    def _ask(self, name: str, source: Source) -> None:
        """Ask one source again and again; what it tells stays its own until the engine has it on disk."""
        hearing = _Hearing(name, self._tell)
        # What fails in a silence is not to be told because this process is young.
        self._asked_for_silences.wait(_SILENCE_SECONDS)
        while not self._stopping.is_set():
            with hearing:
                batch = _Batch(source.poll())
                if batch.events:
                    self._batches.put(batch)
                    batch.is_taken.wait()
                if batch.is_durable or not batch.events:
                    source.settle()
                    hearing.is_well()
            self._stopping.wait(self._interval)

    def _follow_silences(self) -> None:
        hearing = _Hearing("silences", self._tell)
        while not self._stopping.is_set():
            with hearing:
                self._engine.silences = self._inputs.silences()
                hearing.is_well()
            self._asked_for_silences.set()
            self._stopping.wait(_SILENCE_SECONDS)


class _Hearing:
    """Tells when a source begins to fail, and when it answers again."""

    def __init__(self, name: str, tell: Tell) -> None:
        self._name, self._tell, self._fault = name, tell, ""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> bool:
        if not isinstance(error, AirsideError):
            return False
        if error.message != self._fault:
            self._tell(Line("source-failing", "error", {"source": self._name, "reason": error.message}))
        self._fault = error.message
        return True

    def is_well(self) -> None:
        """Say that it is asked and settled again, if it was not."""
        if self._fault:
            self._tell(Line("source-answers", facts={"source": self._name}))
        self._fault = ""
