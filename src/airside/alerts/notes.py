"""The summary of a run that has ended: it becomes the run's note in Airflow, and an event for those who ask for it.

Airflow's task API cannot write the note of a run (airflow/api_fastapi/execution_api 3.3), so the watcher does.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote

from airside.alerts.event import Event, Kind
from airside.alerts.sources.cursor import CursorFile, Position, is_worth_writing, remembered
from airside.alerts.sources.describing import Describer
from airside.alerts.sources.facts import Fact
from airside.alerts.sources.pages import Row, news
from airside.alerts.sources.port import Airflow
from airside.alerts.sources.window import OVERLAP, airflow_time, moment
from airside.base.errors import PlatformError

KEY: Final = "airside_summary"
"""The XCom of a summary."""

TASK: Final = "summary"
"""The task that leaves it."""

MOST_LETTERS: Final = 1000
"""Of a note (airflow/api_fastapi/core_api/datamodels/dag_run.py 3.3)."""

_SELDOM: Final = 4.0
"""Seconds between two looks for runs that have ended."""

_NONE_FOR: Final = 60.0
"""Seconds for which a workflow is taken to have no summary after a run of it had none."""

_FORBIDDEN, _NOT_FOUND = 403, 404
_MOST_WRITTEN: Final = 2000


class NotesState(Position, frozen=True):
    """How far the runs were read.

    Attributes:
        written: The notes that were written, by run: these may be replaced when it is cleared and runs again.
    """

    written: Mapping[str, str] = {}


class SummarySource:
    """Looks for runs that have ended, notes their summaries and tells them.

    Args:
        airflow: A user who may edit runs. One who may only read has summaries told, and no run noted.
        describer: Knows environments, owners, releases and links.
        cursor: Where it is written how far runs were read.
        clock: Returns seconds that never go back.
        refused: Is told, once, why notes are not written.
    """

    def __init__(
        self,
        airflow: Airflow,
        describer: Describer,
        cursor: CursorFile[NotesState],
        clock: Callable[[], float],
        refused: Callable[[str], None],
    ) -> None:
        self._airflow, self._describer, self._cursor, self._clock = airflow, describer, cursor, clock
        self._refused, self._is_refused = refused, False
        self._state: NotesState = cursor.read()
        self._on_disk = self._state
        self._next, self._looked = self._state, float("-inf")
        self._told = set(self._state.told)
        self._without: dict[str, float] = {}

    def poll(self) -> Sequence[Event]:
        """Note the summaries of runs that have ended since the last `settle`, and return them.

        Raises:
            PlatformError: Airflow does not answer.
        """
        now = self._clock()
        self._next = self._state
        if now - self._looked < _SELDOM or (time := airflow_time(self._airflow)) is None:
            return ()
        self._looked = now
        since = self._state.since if self._state.since is not None else time - OVERLAP
        path = f"/api/v2/dags/~/dagRuns?state=success&state=failed&updated_at_gte={moment(since)}&order_by=-end_date"
        rows = list(news(self._airflow, path, "dag_runs", lambda row: _fact(row).key not in self._told))
        new = [_fact(row).key for row in rows]
        written = dict(self._state.written)
        events = sorted(self._events(rows, written, now), key=lambda event: event.at)
        kept = dict(list(written.items())[-_MOST_WRITTEN:])
        told = remembered(self._state.told, new) if new else self._state.told
        self._next = NotesState(since=max(since, time - OVERLAP), told=told, written=kept)
        return events

    def settle(self) -> None:
        """Write down how far runs were read by the last `poll`."""
        if self._next is self._state:
            return
        if is_worth_writing(self._on_disk, self._next):
            looked, self._looked = self._looked, float("-inf")  # where the disk is full, the next `poll` looks at once
            self._cursor.write(self._next)
            self._looked = looked
            self._on_disk = self._next
        self._state = self._next
        self._told = set(self._state.told)

    def _events(self, rows: Sequence[Row], written: dict[str, str], now: float) -> Iterator[Event]:
        by_key = {_fact(row).key: row for row in rows}
        for fact, environment, whose in self._describer.ours(map(_fact, rows)):
            if (note := self._summary(fact, now)) is None:
                continue
            self._write(by_key[fact.key], note, written)
            yield replace(self._describer.event(fact, environment, whose), detail=note)

    def _summary(self, fact: Fact, now: float) -> str | None:
        if now - self._without.get(fact.workflow, float("-inf")) < _NONE_FOR:
            return None
        path = f"{_run(fact.workflow, str(fact.run))}/taskInstances/{TASK}/xcomEntries/{KEY}?deserialize=true"
        found = self._unless_gone("GET", path)
        note = _note(found.get("value")) if isinstance(found, dict) else None
        if note is None:
            self._without[fact.workflow] = now
        return note

    def _write(self, row: Row, note: str, written: dict[str, str]) -> None:
        place = f"{row['dag_id']} {row['dag_run_id']}"
        if row["note"] == note or (row["note"] and row["note"] != written.get(place)):
            return  # it is there, or somebody has written another one
        try:
            self._unless_gone("PATCH", f"{_run(row['dag_id'], row['dag_run_id'])}?update_mask=note", {"note": note})
        except PlatformError as error:
            if getattr(error, "status", None) != _FORBIDDEN:
                raise
            if not self._is_refused:
                self._refused(error.message)
            self._is_refused = True
            return
        written[place] = note

    def _unless_gone(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - whatever JSON holds
        try:
            return self._airflow.call(method, path, body)
        except PlatformError as error:
            if getattr(error, "status", None) != _NOT_FOUND:
                raise
        return None


def _fact(row: Row) -> Fact:
    return Fact.of_run(row, Kind.SUMMARY)


def _run(workflow: str, run: str) -> str:
    return f"/api/v2/dags/{quote(workflow, safe='')}/dagRuns/{quote(run, safe='')}"


def _note(value: object) -> str | None:
    """Return the note in a summary (docs/reference/summary.md), or a summary that is a text already."""
    note = value.get("note") if isinstance(value, dict) else value
    if not isinstance(note, str) or not note.strip():
        return None
    return note if len(note) <= MOST_LETTERS else f"{note[: MOST_LETTERS - 1]}…"
