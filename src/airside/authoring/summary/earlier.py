"""Figures of earlier runs: each run leaves its own and those that it found, so that one look finds ten.

What this costs: for a run with a logical date, two requests as a rule (the run before it, and what that left); for one
without, as assets start them, one. Asking each task of each of ten runs would be hundreds.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final, Protocol

import msgspec

from airside.authoring.summary.comparing import RUNS
from airside.authoring.summary.reported import Number

KEY: Final = "airside_figures"
"""The XCom of the summary task in which a run leaves its figures for the next one."""

_STEPS: Final = 10
"""Runs that are passed by on the way back, since they have reported nothing or are not finished."""

Figures = Mapping[str, Mapping[str, Number]]


class Runs(Protocol):
    """How earlier runs of the workflow are asked."""

    def before(self, moment: datetime) -> tuple[str, datetime] | None:
        """Return the id and the logical date of the last run before `moment`; None where there is none."""

    def left_by(self, run: str) -> object:
        """Return what the summary of `run` left under `KEY`; None for nothing."""

    def left_before(self) -> object:
        """Return what the last summary up to this run left; None for nothing."""


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """What a run leaves.

    Attributes:
        figures: Those of its tasks that succeeded, by task.
        earlier: The same of runs before it, the newest first.
    """

    figures: dict[str, dict[str, Number]]
    earlier: tuple[dict[str, dict[str, Number]], ...] = ()

    @property
    def all(self) -> tuple[dict[str, dict[str, Number]], ...]:
        """Both, the newest first, without runs that have none."""
        return tuple(figures for figures in (self.figures, *self.earlier) if figures)[:RUNS]


def earlier_figures(runs: Runs, logical_date: datetime | None) -> tuple[dict[str, dict[str, Number]], ...]:
    """Return the figures of up to ten runs before the one of `logical_date`, the newest first."""
    found = [runs.left_before()] if logical_date is None else _walk(runs, logical_date)
    return next((left.all for each in found if (left := _parsed(each))), ())


def left(figures: Figures, earlier: tuple[dict[str, dict[str, Number]], ...]) -> dict[str, Any] | None:
    """Return what a run leaves, as JSON has it; None for nothing. One without figures hands on those it found."""
    own = {task: dict(named) for task, named in figures.items() if named}
    if not own and not earlier:
        return None
    handed_on = earlier[: RUNS - 1 if own else RUNS]
    document: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(Left(figures=own, earlier=handed_on)))
    return document


def _walk(runs: Runs, moment: datetime) -> Iterator[object]:
    for _ in range(_STEPS):
        if (run := runs.before(moment)) is None:
            return
        name, moment = run
        yield runs.left_by(name)


def _parsed(document: object) -> Left | None:
    try:
        return msgspec.convert(document, Left)
    except msgspec.ValidationError:
        return None
