"""What a move does to an Airflow that runs, as values. Whoever asked that Airflow makes them."""

from dataclasses import dataclass
from typing import Literal

Fate = Literal["continues", "stranded", "breaks"]
"""What becomes of a run in flight. It is pinned to its release, and continues there: Airflow 3.3 keeps the version of
the bundle with the run. With its workflow gone it is stranded: the scheduler looks at no run of a stale DAG
(airflow/models/dagrun.py 3.3.2, `get_running_dag_runs_to_examine`); what is queued or runs ends, nothing follows.
With the file of its workflow moved it breaks: a worker looks for the file where the newest release has it, in the
release of the run (airflow/executors/workloads/task.py 3.3.2, `ExecuteTask.make`)."""

Loss = Literal["removed", "renamed", "moved"]
"""Why the history of a workflow ends: it goes, it comes back under another id, or from another file while it runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInFlight:
    """A run that waits or runs. It is pinned to the files of the release that it was created on.

    Attributes:
        workflow: The id of its workflow.
        run: Its id.
        state: As Airflow has it: ``queued`` or ``running``.
        release: The id of the release that it runs on; None where that cannot be told.
        started_at: RFC 3339 in UTC; None while it is queued.
        fate: What becomes of it.
    """

    workflow: str
    run: str
    state: str = "running"
    release: str | None = None
    started_at: str | None = None
    fate: Fate = "continues"


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Runs of one workflow that Airflow creates as soon as it serves the release.

    Attributes:
        workflow: The id of the workflow.
        runs: How many; None where that cannot be told.
        reason: Why, as the end of a sentence: ``it is new and not paused``, ``it catches up``.
        at_least: `runs` is where counting ended, and there are more.
        at_a_time: How many are let in at one time, where that is fewer: the others follow as those end.
        if_unpaused: Whether Airflow pauses the workflow when it first sees it cannot be told; if so, none starts.
    """

    workflow: str
    runs: int | None
    reason: str
    at_least: bool = False
    at_a_time: int | None = None
    if_unpaused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LostHistory:
    """A workflow whose runs stay behind under an id that nothing continues.

    Attributes:
        workflow: The id that goes.
        reason: Why.
        successor: The id that comes in its place, for a renamed one.
        runs: How many runs Airflow has of it; None where that cannot be told.
    """

    workflow: str
    reason: Loss
    successor: str | None = None
    runs: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningTask:
    """A task that runs now and that the release does not have.

    Attributes:
        workflow: The id of its workflow.
        run: The id of its run.
        task: Its id.
    """

    workflow: str
    run: str
    task: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequences:
    """What the Airflow of an environment says of a move.

    Attributes:
        reachable: Whether it answered. If not, the tuples are empty and mean nothing.
        reason: Why it did not answer, as a sentence without its end; empty where it did.
        in_flight: Runs in flight of the workflows of both releases, by workflow and run.
        starts: By workflow.
        lost: By workflow.
        running_removed: Tasks that run and go, by workflow, run and task.
    """

    reachable: bool
    reason: str = ""
    in_flight: tuple[RunInFlight, ...] = ()
    starts: tuple[Start, ...] = ()
    lost: tuple[LostHistory, ...] = ()
    running_removed: tuple[RunningTask, ...] = ()

    @property
    def runs_starting(self) -> int:
        """How many runs start at once, as far as that can be told."""
        return sum(start.runs or 0 for start in self.starts)
