"""How far Airflow has been read."""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from airside.alerts.event import Kind
from airside.alerts.sources.cursor import Position
from airside.alerts.sources.facts import Fact

MOST_FAILING: Final = 2000
"""Workflows whose next success is waited for."""

_MOST_RUNS: Final = 50


class Failing(msgspec.Struct, frozen=True):
    """A workflow that has failed and was not well since.

    Attributes:
        at: Its last failure, in seconds since 1970.
        last: The last run that failed.
        runs: Those in which something failed and which had not ended then.
    """

    at: float
    last: str | None = None
    runs: tuple[str, ...] = ()

    def after(self, fact: Fact) -> "Failing":
        """Return it after another failure."""
        others = tuple(run for run in self.runs if run != fact.run)
        goes_on = fact.kind is not Kind.RUN_FAILED and fact.run
        runs = (*others, str(fact.run))[-_MOST_RUNS:] if goes_on else others
        last = fact.run if fact.kind is Kind.RUN_FAILED else self.last
        return Failing(max(self.at, fact.at), last, runs)


class AirflowState(Position, frozen=True):
    """How far Airflow has been read.

    Attributes:
        failing: By workflow.
        broken: The files that do not import, each with its bundle.
    """

    failing: Mapping[str, Failing] = {}
    broken: tuple[tuple[str, str], ...] = ()


def with_failures(failing: Mapping[str, Failing], facts: Iterable[Fact]) -> dict[str, Failing]:
    """Return the failing workflows after more failures; where there are too many, the newest."""
    found = dict(failing)
    for fact in facts:
        found[fact.workflow] = found.get(fact.workflow, Failing(0.0)).after(fact)
    newest = sorted(found.items(), key=lambda each: each[1].at)[-MOST_FAILING:]
    return dict(newest)
