"""A watcher hears every source, whatever the others do, and gives nothing up before it is on disk."""

import errno
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alerted import Bench, event

from airside.alerts.event import Event, Kind
from airside.alerts.ports import Source
from airside.alerts.silences import Wanted, make_silence
from airside.alerts.watcher import Inputs, ReadSilences, Watcher
from airside.base.errors import PlatformError
from airside.release.silence import Silence
from airside.store.folder import FolderStore


@dataclass
class Scripted:
    """Tells each batch until it is settled; a batch that is an error is raised once."""

    batches: list[list[Event] | Exception]
    polls: int = 0
    told: bool = field(default=False, init=False)

    def poll(self) -> Sequence[Event]:
        self.polls += 1
        if not self.batches:
            return ()
        batch = self.batches[0]
        if isinstance(batch, Exception):
            self.batches.pop(0)
            raise batch
        self.told = True
        return batch

    def settle(self) -> None:
        if self.told:
            self.batches.pop(0)
        self.told = False


@contextmanager
def watching(
    bench: Bench,
    redact: Callable[[Event], Event] = lambda told: told,
    silences: ReadSilences = tuple,
    **sources: Source,
) -> Iterator[Watcher]:
    watcher = Watcher(bench.engine, Inputs(sources, redact, silences), 0.01, bench.lines.append)
    faults: list[BaseException] = []

    def run() -> None:
        try:
            watcher.run()
        except BaseException as error:  # noqa: BLE001 - raised below
            faults.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield watcher
    finally:
        watcher.stop()
        thread.join(10)
    if faults:
        raise faults[0]


def until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < ends, "it never came"
        time.sleep(0.01)


def test_what_sources_tell_is_masked_told_and_settled(bench: Bench) -> None:
    source = Scripted([[event(at=1, error="secret")], [event(Kind.RUN_RECOVERED, at=2)]])
    with watching(bench, lambda told: replace(told, error=told.error and "***"), one=source):
        until(lambda: len(bench.receiver.got) == 2 and not source.batches)
    assert bench.receiver.notices()[0].event.error == "***"
    assert "secret" not in (bench.folder / "state.json").read_text()


def test_what_fails_in_a_silence_is_not_told_by_a_watcher_that_is_young(bench: Bench, tmp_path: Path) -> None:
    """The silences are in a store, which answers later than Airflow."""
    now = datetime.fromtimestamp(bench.clock.now, UTC)
    wanted = Wanted("orders", "*", "the warehouse moves", "ada")
    silence = make_silence(FolderStore(tmp_path / "store"), wanted, (now, timedelta(hours=1)), "0" * 32)

    def slowly() -> tuple[Silence, ...]:
        time.sleep(0.3)
        return (silence,)

    source = Scripted([[event(at=1)], [event(at=2, subject="others")]])
    with watching(bench, silences=slowly, airflow=source):
        until(lambda: bool(bench.said()))
    assert bench.said() == ["broken airside/production/others"]


def test_a_source_that_hangs_or_fails_delays_no_other(bench: Bench) -> None:
    class Hanging:
        def poll(self) -> Sequence[Event]:
            hang.wait(10)
            return ()

        def settle(self) -> None:
            pass

    hang = threading.Event()
    failing = Scripted([PlatformError("Airflow does not answer"), PlatformError("Airflow does not answer")])
    with watching(bench, hanging=Hanging(), failing=failing, good=Scripted([[event(at=1)]])):
        until(lambda: len(bench.receiver.got) == 1 and failing.polls > 3)
        hang.set()
    told = [line.name for line in bench.lines if line.facts.get("source") == "failing"]
    assert told == ["source-failing", "source-answers"]


def test_a_source_keeps_what_is_not_on_disk(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    full = True

    def fsync(_descriptor: int) -> None:
        if full:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", fsync)
    source = Scripted([[event(at=1)]])
    with watching(bench, one=source):
        until(lambda: len(bench.receiver.got) == 1 and source.polls > 3)
        assert source.batches, "it was told, and is not on disk"
        full = False
        until(lambda: not source.batches)
    assert len(bench.receiver.got) == 1


def test_a_source_that_cannot_be_settled_is_not_said_to_answer(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    full = True

    def fsync(_descriptor: int) -> None:
        if full:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", fsync)
    source = Scripted([PlatformError("its file cannot be written"), [event(at=1)]])
    with watching(bench, one=source):
        until(lambda: source.polls > 4)
        assert [line.name for line in bench.lines if line.name.startswith("source-")] == ["source-failing"]
        full = False
        until(lambda: any(line.name == "source-answers" for line in bench.lines))


def test_what_nobody_expected_ends_the_watcher(bench: Bench) -> None:
    with pytest.raises(ZeroDivisionError), watching(bench, one=Scripted([ZeroDivisionError()])) as watcher:
        until(watcher._stopping.is_set)


def test_a_message_on_its_way_has_a_moment_when_the_watcher_is_stopped(bench: Bench) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(*_: object) -> None:
        begun.set()
        go_on.wait(10)

    bench.receiver.refuses = slow
    bench.engine.start = lambda work: threading.Thread(target=work).start()
    with watching(bench, one=Scripted([[event(at=1)]])) as watcher:
        assert begun.wait(10)
        watcher.stop()
        go_on.set()
    bench.restarted()
    assert [channel.undelivered for channel in bench.engine.channels] == [0]
