"""What a run is: what Airflow's scheduler knows of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from airside.testing.outcome import TaskKey

RunType = Literal["manual", "scheduled", "asset_triggered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """What is said of a run before its first task.

    Attributes:
        dag_id: The workflow.
        run_id: As Airflow names it, or as given.
        run_type: `asset_triggered` when asset events started it, otherwise `manual`, as in `dag.test()`.
        logical_date: What it is for; None: for no date.
        interval: Its data interval, start and end; None: it has none.
        run_after: Not to be run before.
        started: When it started: the clock of the test when that is frozen. With a time zone.
        conf: `dag_run.conf`.
    """

    dag_id: str
    run_id: str
    run_type: RunType
    logical_date: datetime | None
    interval: tuple[datetime, datetime] | None
    run_after: datetime
    started: datetime
    conf: Mapping[str, Any] = field(default_factory=dict)


class Board(Protocol):
    """The task instances of the run at any moment, for what a task asks about them."""

    def states(self) -> Mapping[TaskKey, str | None]:
        """Return the state of each instance there is; None: not started. The task being run is `running`.

        A mapped task has the one instance `NOT_MAPPED` until it is expanded.
        """

    def effort(self, key: TaskKey) -> tuple[int, float | None]:
        """Return how often an instance was started, and how many seconds its last try took; None: it still runs."""
