"""A watcher's sources over Airflow's API, asked when a test says so."""

from dataclasses import dataclass
from pathlib import Path

from airflow_api import AirflowApi

from airside.alerts.event import Event
from airside.alerts.notes import NotesState, SummarySource
from airside.alerts.sources.airflow import AirflowSource
from airside.alerts.sources.cursor import CursorFile
from airside.alerts.sources.describing import Describer
from airside.alerts.sources.links import Links
from airside.alerts.sources.releases import Releases
from airside.alerts.sources.state import AirflowState
from airside.alerts.sources.workflows import Workflows

LINKS = Links("https://airflow.example.com/", "https://wiki.example.com/{team}/{workflow}")


@dataclass
class Time:
    """Seconds that go by when a test says so."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


class Asking:
    """One process of a watcher.

    Args:
        api: What it asks.
        folder: Of its cursors.
        user: Who asks.
    """

    def __init__(self, api: AirflowApi, folder: Path, user: str = "airflow") -> None:
        self.time = Time()
        self.refused: list[str] = []
        self.session = api.session(user)
        describer = Describer({"production": "production"}, Workflows(self.session, self.time), Releases({}), LINKS)
        cursor = CursorFile(folder / "airflow.json", AirflowState)
        self.source = AirflowSource(self.session, describer, cursor, self.time)
        notes = CursorFile(folder / "summaries.json", NotesState)
        self.summaries = SummarySource(self.session, describer, notes, self.time, self.refused.append)

    def events(self, *, later: float = 2.0, settle: bool = True) -> list[Event]:
        """Ask some seconds after the last time."""
        self.time.now += later
        found = list(self.source.poll())
        if settle:
            self.source.settle()
        return found

    def told(self, *, later: float = 2.0, settle: bool = True) -> list[str]:
        """Ask, and return what happened to whom."""
        return [_short(event) for event in self.events(later=later, settle=settle)]

    def summarised(self) -> list[Event]:
        """Ask for summaries."""
        self.time.now += 10
        found = list(self.summaries.poll())
        self.summaries.settle()
        return found


def _short(event: Event) -> str:
    return " ".join(filter(None, [event.kind, event.subject, event.task, event.run]))
