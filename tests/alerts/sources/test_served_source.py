from pathlib import Path

from airside.alerts.event import Kind
from airside.alerts.sources.cursor import CursorFile
from airside.alerts.sources.served import PATIENCE, ServedSource, ServedState


class Watched:
    """One environment that a test breaks and mends."""

    def __init__(self, folder: Path) -> None:
        self.now, self.fault, self._path = 1000.0, "", folder / "served.json"
        self.start()

    def start(self) -> None:
        cursor = CursorFile(self._path, ServedState)
        self.source = ServedSource(("production",), lambda _: self.fault or None, cursor, lambda: self.now)

    def after(self, seconds: float) -> list[tuple[Kind, float, str | None]]:
        self.now += seconds
        found = [(event.kind, event.at, event.error) for event in self.source.poll()]
        self.source.settle()
        return found


def test_an_environment_that_is_behind_for_a_moment_is_no_news(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.fault = "not served yet: orders"
    assert watched.after(30) == []
    watched.fault = ""
    assert watched.after(30) == []
    watched.fault = "not served yet: orders"
    assert watched.after(PATIENCE) == []


def test_one_that_stays_behind_is_told_once_since_it_began_and_once_when_it_is_well(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.fault = "not served yet: orders"
    assert watched.after(0) == []
    assert watched.after(PATIENCE) == [(Kind.NOT_SERVED, 1000.0, "not served yet: orders")]
    assert watched.after(60) == []
    watched.start()
    assert watched.after(PATIENCE) == []
    watched.fault = ""
    assert watched.after(30) == [(Kind.SERVED_AGAIN, watched.now, None)]
    assert watched.after(30) == []


def test_a_clock_that_is_set_back_does_not_stop_the_looks(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.after(0)
    watched.fault = "away"
    watched.after(-100_000)
    assert [kind for kind, *_ in watched.after(PATIENCE)] == [Kind.NOT_SERVED]
